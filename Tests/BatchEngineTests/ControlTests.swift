import BatchEngine
import BatchProgress
import Testing

@Suite struct CancelTests {
    @Test func whatNobodyHoldsEndsAtOnce() throws {
        let rig = Rig()
        try rig.submit(.a, 5)
        try rig.cancel(.a)
        #expect(rig.counts(.a) == [0, 0, 5] && rig.record(.a)?.status == .cancelled)
        #expect(rig.published.map(\.status) == [.cancelled])
        #expect(rig.engine.isEmpty && rig.engine.nextDeadline() == nil)
    }

    @Test func whatIsHeldEndsByItsReport() throws {
        let rig = Rig()
        try rig.submit(.a, 5)
        rig.ready(.w1, capacity: 3)
        rig.report(.w1, .a, started: [0])
        try rig.cancel(.a)
        #expect(rig.stops == [.w1: [0, 1, 2]])
        #expect(rig.counts(.a) == [0, 0, 2])
        let event = try #require(rig.published.first)
        #expect(event.status == .processing && event.cancelling == true)
        #expect(event.estimatedSecondsRemaining == nil)
        // What ends well meanwhile counts as that.
        rig.report(.w1, .a, completed: [0], failed: [1])
        #expect(rig.counts(.a) == [1, 1, 2])
        rig.report(.w1, .a, cancelled: [2])
        #expect(rig.counts(.a) == [1, 1, 3] && rig.record(.a)?.status == .cancelled)
        #expect(rig.published.map(\.cancelling) == [nil] && rig.engine.isEmpty)
    }

    /// Held by a worker that says nothing, or that is gone.
    @Test(arguments: [(heartbeats: true, seconds: 15), (false, 5)])
    func whatIsHeldEndsWithTheGraceOrTheLease(heartbeats: Bool, seconds: Int) throws {
        let rig = Rig()
        try rig.submit(.a, 2, retries: 5)
        rig.ready(.w1)
        try rig.cancel(.a)
        for second in 1...seconds {
            #expect(rig.engine.record(of: .a) != nil, "after \(second - 1)")
            rig.advance(.seconds(1))
            if heartbeats { rig.heard(.w1) }
        }
        #expect(rig.counts(.a) == [0, 0, 2] && rig.engine.isEmpty)
        #expect(rig.report(.w1, .a, completed: [0]) == 0)
    }

    /// What its worker said meanwhile waits to be heard.
    @Test func theGraceBeginsAnewAfterTheCoordinatorsAbsence() throws {
        let rig = Rig()
        try rig.submit(.a, 2)
        rig.ready(.w1)
        try rig.cancel(.a)
        rig.stop(for: .seconds(20))
        rig.report(.w1, .a, completed: [0], cancelled: [1])
        #expect(rig.counts(.a) == [1, 0, 1] && rig.engine.isEmpty)
    }

    @Test func aFailureIsNotRetriedAnyMore() throws {
        let rig = Rig()
        try rig.submit(.a, 2, retries: 5)
        rig.ready(.w1)
        try rig.cancel(.a)
        rig.report(.w1, .a, failed: [0])
        #expect(rig.counts(.a) == [0, 1, 1] && rig.record(.a)?.status == .cancelled)
    }

    @Test func whatWaitsForItsRetryEndsAtOnce() throws {
        let rig = Rig()
        try rig.submit(.a, 1, retries: 5)
        rig.ready(.w1)
        rig.report(.w1, .a, failed: [0])
        try rig.cancel(.a)
        #expect(rig.counts(.a) == [0, 0, 1] && rig.engine.isEmpty && rig.record(.a)?.retried == 1)
    }

    @Test func whatIsGivenBackEndsAtOnce() throws {
        let rig = Rig()
        try rig.submit(.a, 2)
        rig.ready(.w1, capacity: 2)
        try rig.cancel(.a)
        rig.release(.w1, .a, [0])
        #expect(rig.counts(.a) == [0, 0, 1])
        rig.goodbye(.w1)
        #expect(rig.counts(.a) == [0, 0, 2] && rig.engine.isEmpty)
    }

    @Test func again() throws {
        let rig = Rig()
        try rig.submit(.a, 2)
        rig.ready(.w1)
        try rig.cancel(.a)
        rig.advance(.seconds(1))
        try rig.cancel(.a)
        #expect(rig.directives.isEmpty, "the grace goes on as it began")
        rig.goodbye(.w1)
        #expect(throws: Refusal.alreadyEnded(.a, .cancelled)) { try rig.cancel(.a) }
        #expect(throws: Refusal.unknownBatch(.b)) { try rig.cancel(.b) }
    }

    /// Nothing was left to cancel: it ended as if nobody had asked.
    @Test func tooLate() throws {
        let rig = Rig()
        try rig.submit(.a, 1)
        rig.ready(.w1)
        try rig.cancel(.a)
        rig.report(.w1, .a, completed: [0])
        #expect(rig.record(.a)?.status == .completed)
        #expect(throws: Refusal.alreadyEnded(.a, .completed)) { try rig.cancel(.a) }
    }
}

@Suite struct PauseTests {
    @Test func nothingMoreIsHandedOut() throws {
        let rig = Rig()
        try rig.submit(.a, 5)
        rig.ready(.w1, capacity: 2)
        rig.report(.w1, .a, started: [0])
        try rig.pause(.a)
        #expect(rig.recalled == [.w1] && rig.published.map(\.status) == [.paused])
        rig.release(.w1, .a, [1])
        rig.report(.w1, .a, completed: [0])
        rig.ready(.w2, capacity: 5)
        #expect(rig.grants.isEmpty && rig.counts(.a) == [1, 0, 0])
        #expect(!rig.engine.hasWork)
        rig.advance(.seconds(100))
        #expect(rig.lastEvent(.a)?.estimatedSecondsRemaining == nil)
        rig.ready(.w2, capacity: 5)
        try rig.resume(.a)
        #expect(rig.grants.flatMap(\.operations).sorted() == [1, 2, 3, 4] && rig.engine.hasWork)
        #expect(rig.published.map(\.status) == [.processing])
    }

    @Test func whatRunsMayEndIt() throws {
        let rig = Rig()
        try rig.submit(.a, 1)
        rig.ready(.w1)
        try rig.pause(.a)
        rig.report(.w1, .a, completed: [0])
        #expect(rig.record(.a)?.status == .completed && rig.engine.isEmpty)
    }

    @Test func aRetryThatBecomesDueWaitsOn() throws {
        let rig = Rig()
        try rig.submit(.a, 1, retries: 1)
        rig.ready(.w1)
        rig.report(.w1, .a, failed: [0])
        try rig.pause(.a)
        rig.advance(.seconds(4))
        #expect(rig.engine.state(of: 0, of: .a) == "waiting")
        rig.ready(.w1)
        try rig.resume(.a)
        #expect(rig.grants.map(\.attempt) == [2])
    }

    @Test func againAndTheOtherWayRound() throws {
        let rig = Rig()
        try rig.submit(.a, 2)
        try rig.resume(.a)
        #expect(rig.directives.isEmpty)
        try rig.pause(.a)
        try rig.pause(.a)
        #expect(rig.directives.isEmpty)
        rig.restart()
        #expect(rig.published.map(\.status) == [.paused])
        try rig.cancel(.a)
        #expect(throws: Refusal.alreadyEnded(.a, .cancelled)) { try rig.resume(.a) }
        #expect(throws: Refusal.alreadyEnded(.a, .cancelled)) { try rig.pause(.a) }
        #expect(throws: Refusal.unknownBatch(.b)) { try rig.pause(.b) }
    }

    @Test func notWhileItIsCancelled() throws {
        let rig = Rig()
        try rig.submit(.a, 2)
        rig.ready(.w1)
        try rig.cancel(.a)
        #expect(throws: Refusal.alreadyEnded(.a, .cancelled)) { try rig.pause(.a) }
    }

    @Test func aPausedOneCanBeCancelled() throws {
        let rig = Rig()
        try rig.submit(.a, 2)
        rig.ready(.w1)
        try rig.pause(.a)
        try rig.cancel(.a)
        #expect(rig.published.map(\.status) == [.pending] && rig.published.map(\.cancelling) == [true])
        rig.goodbye(.w1)
        #expect(rig.record(.a)?.status == .cancelled)
    }
}

@Suite struct AttendanceTests {
    private let rig = Rig()

    init() throws {
        try rig.submit(BatchRequest(id: .a, attended: true), [("work", 3)])
    }

    @Test func leftAloneItIsPaused() throws {
        for _ in 0..<5 {
            rig.advance(.milliseconds(9999))
            rig.turn { engine, turn in engine.attend(.a, at: turn.now) }
        }
        #expect(rig.record(.a)?.status == .pending)
        rig.ready(.w1)
        rig.advance(.milliseconds(4000))
        rig.heard(.w1)
        rig.advance(.milliseconds(4000))
        rig.heard(.w1)
        rig.advance(.milliseconds(2000))
        #expect(rig.record(.a)?.status == .paused && rig.recalled == [.w1])
        // To come back is not enough: somebody has to say so.
        rig.turn { engine, turn in engine.attend(.a, at: turn.now) }
        #expect(rig.record(.a)?.status == .paused)
        try rig.resume(.a)
        rig.advance(.milliseconds(9999))
        #expect(rig.record(.a)?.paused == false)
        rig.advance(.milliseconds(1))
        #expect(rig.record(.a)?.paused == true)
    }

    @Test func afterARestartItHasTheWholeTime() {
        rig.advance(.seconds(9))
        rig.restart()
        rig.advance(.milliseconds(9999))
        #expect(rig.record(.a)?.paused == false)
        rig.advance(.milliseconds(1))
        #expect(rig.record(.a)?.paused == true)
    }

    @Test func othersNeedNobody() throws {
        try rig.submit(.b, 1)
        rig.turn { engine, turn in engine.attend(.b, at: turn.now) }
        rig.advance(.seconds(1000))
        #expect(rig.record(.b)?.paused == false)
    }
}

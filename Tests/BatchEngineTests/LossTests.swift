import BatchEngine
import BatchProgress
import Testing

@Suite struct LossTests {
    /// Of workers lost one after another with the operation: whether it had been started, and after how many
    /// it has failed.
    static let losses: [(LossPolicy, wasStarted: Bool, failsAfter: Int?)] = [
        (.retry, true, 3), (.retry, false, nil), (.fail, true, 1),
        // It may have run, since starts of short operations aren't reported.
        (.fail, false, 1),
    ]

    @Test(arguments: losses)
    func failsAfterSoMany(policy: LossPolicy, wasStarted: Bool, failsAfter: Int?) throws {
        let rig = Rig()
        try rig.submit(.a, 1, onLost: policy)
        for number in 1...5 {
            let session = SessionID(literal: "s\(number)")
            rig.ready(session)
            guard number <= failsAfter ?? .max else {
                #expect(rig.grants.isEmpty)
                continue
            }
            #expect(rig.grants.map(\.attempt) == [number])
            if wasStarted { rig.report(session, .a, attempt: number, started: [0]) }
            rig.advance(.seconds(5))
            #expect((rig.record(.a)?.status == .failed) == (number == failsAfter))
        }
        guard failsAfter != nil else { return }
        #expect(rig.record(.a)?.errors.map(\.message) == ["worker lost"])
        #expect(rig.engine.isEmpty)
    }

    @Test func aWorkerIsLostWhenItsLeaseIsOver() throws {
        let rig = Rig()
        try rig.submit(.a, 1)
        rig.ready(.w1)
        for _ in 0..<20 {
            rig.advance(.milliseconds(4999))
            #expect(rig.heard(.w1))
        }
        #expect(rig.engine.hasWorkers)
        rig.advance(.seconds(5))
        #expect(!rig.engine.hasWorkers && rig.engine.state(of: 0, of: .a) == "waiting")
        #expect(!rig.heard(.w1), "it has to say READY")
    }

    /// Nor is an attended batch paused: its attendant may have said something all the while.
    @Test func nobodyIsLostWhileTheCoordinatorIsStopped() throws {
        let rig = Rig()
        try rig.submit(BatchRequest(id: .a, attended: true), [("work", 1)])
        rig.ready(.w1)
        rig.stop(for: .seconds(60))
        #expect(rig.record(.a)?.paused == false)
        rig.advance(.milliseconds(4999))
        #expect(rig.engine.hasWorkers && rig.engine.state(of: 0, of: .a) == "granted")
        rig.advance(.milliseconds(1))
        #expect(!rig.engine.hasWorkers)
    }

    @Test func aReportIsASignOfLife() throws {
        let rig = Rig()
        try rig.submit(.a, 1)
        rig.ready(.w1)
        for _ in 0..<20 {
            rig.advance(.seconds(4))
            rig.report(.w1, .a, shares: [OperationShare(operation: 0, progress: 0.5)])
        }
        #expect(rig.engine.state(of: 0, of: .a) == "running")
    }

    /// Lost and failed are counted apart, and any of both counts the operation as retried, once.
    @Test func lossesAreNoFailures() throws {
        let rig = Rig()
        try rig.submit(.a, 2, retries: 1)
        rig.ready(.w1)
        rig.report(.w1, .a, started: [0])
        rig.advance(.seconds(5))
        rig.ready(.w2)
        rig.report(.w2, .a, attempt: 2, failed: [0])
        #expect(rig.counts(.a) == [0, 0, 0])
        #expect(rig.record(.a)?.retried == 1)
        #expect(rig.store.recovery.batches.first?.histories[0]?.losses == 1)
        #expect(rig.store.recovery.batches.first?.histories[0]?.failures == 1)
    }

    /// The worker was stopped while it ran the operation, though nobody had asked for that.
    @Test func anUnaskedCancellationIsALoss() throws {
        let rig = Rig()
        try rig.submit(.a, 1)
        rig.ready(.w1)
        for attempt in 1...3 {
            rig.report(.w1, .a, attempt: attempt, started: [0])
            rig.report(.w1, .a, attempt: attempt, cancelled: [0])
        }
        #expect(rig.counts(.a) == [0, 1, 0] && rig.record(.a)?.errors.map(\.message) == ["worker lost"])
    }

    @Test func releaseAndGoodbyeAreNoLoss() throws {
        let rig = Rig()
        try rig.submit(.a, 3)
        for round in 1...10 {
            let session = SessionID(literal: "s\(round)")
            rig.ready(session, capacity: 3)
            #expect(rig.grants.flatMap(\.operations) == [0, 1, 2])
            rig.heard(session, capacity: 0)
            if round % 2 == 0 { rig.release(session, .a, [2, 1, 1, 99, -1]) }
            rig.goodbye(session)
            #expect(!rig.engine.hasWorkers)
        }
        #expect(rig.counts(.a) == [0, 0, 0] && rig.record(.a)?.retried == 0)
    }

    @Test func nobodyReleasesWhatAnotherHolds() throws {
        let rig = Rig()
        try rig.submit(.a, 1)
        rig.ready(.w1)
        rig.ready(.w2)
        rig.release(.w2, .a, [0])
        #expect(rig.grants.isEmpty && rig.changes.isEmpty)
    }

    @Test func aRestartIsNobodysLoss() throws {
        let rig = Rig()
        try rig.submit(.a, 1, onLost: .fail)
        rig.ready(.w1)
        rig.report(.w1, .a, started: [0])
        for _ in 0..<5 {
            rig.advance(.seconds(4))
            rig.restart()
        }
        // A whole lease from the last restart.
        rig.advance(.milliseconds(4999))
        #expect(rig.counts(.a) == [0, 0, 0])
        rig.ready(.w1, holding: [HeldOperations(batch: .a, attempt: 1, operations: [0])])
        #expect(rig.directives.isEmpty)
        rig.report(.w1, .a, completed: [0])
        #expect(rig.counts(.a) == [1, 0, 0] && rig.engine.isEmpty)
    }
}

@Suite struct ReadyTests {
    /// What w1, which holds operations 0 to 2 in attempt 1, lists: what it is sent again, and told to stop.
    static let lists: [(held: [HeldOperations], resent: [Int], stopped: [Int])] = [
        ([], [0, 1, 2], []),
        ([list(.a, 1, [0, 1, 2])], [], []),
        ([list(.a, 1, [1])], [0, 2], []),
        ([list(.a, 1, [2, 0]), list(.a, 1, [1])], [], []),
        ([list(.a, 1, [0, 1, 2, 3])], [], [3]),
        ([list(.a, 1, [0, 1, 2]), list(.b, 1, [0])], [], [0]),
        // Of an attempt that isn't: the present one was lost on the way.
        ([list(.a, 2, [0]), list(.a, 1, [1, 2])], [0], [0]),
        ([list(.a, 2, [0]), list(.a, 1, [0, 1, 2])], [], [0]),
        ([list(.a, 1, [0, 1, 2, -1, .max])], [], [-1, .max]),
    ]

    @Test(arguments: lists)
    func settlesWhatItHolds(held: [HeldOperations], resent: [Int], stopped: [Int]) throws {
        let rig = Rig()
        rig.ready(.w1, capacity: 3)
        try rig.submit(.a, 4)
        let first = rig.grants
        rig.ready(.w1, capacity: 3, holding: held)
        #expect(rig.grants.flatMap(\.operations) == resent)
        #expect(rig.grants.allSatisfy { grant in grant.attempt == 1 && first.contains { $0.id == grant.id } })
        #expect(rig.stops == (stopped.isEmpty ? [:] : [.w1: stopped]))
        #expect(!rig.changes.contains { if case .granted = $0 { true } else { false } })
    }

    /// w1's failure was counted and its acknowledgement lost, and so was the second grant: w1 lists the first
    /// attempt, and has to be sent the second.
    @Test func anOlderAttemptDoesNotStandForTheNewerOne() throws {
        let rig = Rig()
        rig.ready(.w1)
        try rig.submit(.a, 1, retries: 1)
        rig.report(.w1, .a, failed: [0])
        rig.advance(.seconds(1))
        #expect(rig.engine.state(of: 0, of: .a) == "granted")
        rig.ready(.w1, holding: [HeldOperations(batch: .a, attempt: 1, operations: [0])])
        #expect(rig.grants.map(\.attempt) == [2])
    }

    /// Another worker has taken it over meanwhile.
    @Test func whatIsAnothersIsStopped() throws {
        let rig = Rig()
        try rig.submit(.a, 1)
        rig.ready(.w1)
        rig.advance(.seconds(5))
        rig.ready(.w2)
        rig.ready(.w1, holding: [HeldOperations(batch: .a, attempt: 1, operations: [0])])
        #expect(rig.stops == [.w1: [0]] && rig.grants.isEmpty)
        #expect(rig.engine.state(of: 0, of: .a) == "granted")
    }

    /// A link was cut for longer than the lease. What the worker said meanwhile comes all at once, and in each of
    /// these it lists what it held at first, also after the first of them has brought it the operation anew.
    @Test func alsoIfItHasItAgain() throws {
        let rig = Rig()
        try rig.submit(.a, 1)
        rig.ready(.w1)
        rig.report(.w1, .a, started: [0])
        rig.advance(.seconds(5))
        for _ in 0..<20 {
            rig.ready(.w1, holding: [Self.list(.a, 1, [0])])
            #expect(rig.stops == [.w1: [0]] && rig.stoppedAttempts == [1])
            #expect(rig.grants.map(\.attempt) == [2])
        }
        rig.report(.w1, .a, attempt: 2, completed: [0])
        #expect(rig.counts(.a) == [1, 0, 0])
    }

    private static func list(_ id: BatchID, _ attempt: Int, _ operations: [Int]) -> HeldOperations {
        HeldOperations(batch: id, attempt: attempt, operations: operations)
    }
}

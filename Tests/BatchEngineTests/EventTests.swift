import BatchEngine
import BatchProgress
import Testing

@Suite struct EventTests {
    @Test func leaveAtMostEveryHalfSecondAndNeverLater() throws {
        let rig = Rig()
        try rig.submit(.a, 1000)
        rig.ready(.w1, capacity: 1000)
        for number in 0..<999 {
            rig.advance(.milliseconds(7))
            rig.report(.w1, .a, completed: [number])
        }
        let moments = rig.told.map(\.at)
        let gaps = zip(moments.dropFirst(), moments).map { $0 - $1 }
        #expect(gaps.allSatisfy { $0 == .milliseconds(500) }, "\(gaps)")
        rig.goodbye(.w1)
        rig.advance(.milliseconds(500))
        #expect(rig.lastEvent(.a)?.completedOperations == 999, "the trailing edge")
        let count = rig.told.count
        rig.advance(.seconds(60))
        #expect(rig.told.count == count, "and then silence")
    }

    /// What leaves at once, right after another event.
    @Test func whatIsUrgent() throws {
        let rig = Rig()
        try rig.submit(.a, 5)
        rig.ready(.w1, capacity: 5)
        rig.report(.w1, .a, started: [0])
        #expect(rig.published.isEmpty, "a start waits")
        rig.report(.w1, .a, failed: [0])
        #expect(rig.published.map(\.failedOperations) == [1], "the first failure")
        rig.report(.w1, .a, failed: [1])
        #expect(rig.published.isEmpty, "the second one waits")
        try rig.pause(.a)
        #expect(rig.published.map(\.status) == [.paused])
        try rig.resume(.a)
        #expect(rig.published.map(\.status) == [.processing])
        rig.report(.w1, .a, completed: [2, 3, 4])
        #expect(rig.published.map(\.status) == [.failed], "the end")
    }

    /// A gathered event is due in the turn in which its worker is lost, and the first failure is told.
    @Test func oneOfABatchInATurn() throws {
        let rig = Rig { $0.lease = .milliseconds(500) }
        try rig.submit(.a, 2, onLost: .fail)
        rig.ready(.w1)
        rig.report(.w1, .a, started: [0])
        let count = rig.told.count
        rig.advance(.milliseconds(500))
        #expect(rig.told.dropFirst(count).map(\.event.failedOperations) == [1])
    }

    @Test func theNewestFailuresAreTold() throws {
        let rig = Rig()
        try rig.submit(.a, 20)
        rig.ready(.w1, capacity: 20)
        rig.turn { engine, _ in engine.learn(labels: [19: "cat.png"], of: .a) }
        for number in 0..<20 { rig.report(.w1, .a, failed: [number]) }
        let errors = try #require(rig.lastEvent(.a)?.errors)
        #expect(errors.map(\.operation) == [15, 16, 17, 18, 19])
        #expect(errors.last == BatchFailure(operation: 19, label: "cat.png", exitCode: 1, message: "no luck"))
    }

    @Test func whatRunsIsNamed() throws {
        let rig = Rig()
        try rig.submit(.a, 3)
        rig.ready(.w1, capacity: 3)
        rig.turn { engine, _ in engine.learn(labels: [1: "cat.png"], of: .a) }
        rig.report(.w1, .a, started: [2, 1])
        rig.advance(.seconds(1))
        #expect(rig.lastEvent(.a)?.currentOperation == "cat.png")
        rig.report(.w1, .a, completed: [1])
        rig.advance(.seconds(1))
        #expect(rig.lastEvent(.a)?.currentOperation == "#2")
        rig.report(.w1, .a, completed: [0, 2])
        #expect(rig.lastEvent(.a)?.currentOperation == nil && rig.lastEvent(.a)?.progress == 1)
    }

    /// An operation at nine tenths is lost: what was told stays, until there is more.
    @Test func progressNeverFallsWhileTheTotalStands() throws {
        let rig = Rig()
        try rig.open(BatchRequest(id: .a))
        try rig.add(.a, first: 0, Array(repeating: BatchOperation(type: "work"), count: 2))
        rig.ready(.w1)
        rig.report(.w1, .a, shares: [OperationShare(operation: 0, progress: 0.9)])
        rig.advance(.seconds(1))
        #expect(rig.lastEvent(.a)?.progress == 0.45)
        rig.goodbye(.w1)
        rig.advance(.seconds(1))
        #expect(rig.lastEvent(.a)?.progress == 0.45)
        #expect(rig.lastEvent(.a)?.currentOperation == nil)
        try rig.add(.a, first: 2, Array(repeating: BatchOperation(type: "work"), count: 2))
        rig.advance(.seconds(1))
        #expect(rig.lastEvent(.a)?.progress == 0, "of more, less is done")
    }

    /// Snapshots and answers tell it, to whom the event was lost.
    @Test func theLastEventIsKeptWhole() throws {
        let rig = Rig()
        try rig.submit(.a, 3)
        rig.ready(.w1, capacity: 3)
        rig.report(.w1, .a, started: [0])
        rig.advance(.seconds(2))
        rig.report(.w1, .a, completed: [0, 1, 2])
        #expect(rig.lastEvent(.a)?.operationsPerSecond == 1.5)
        #expect(rig.store.record(of: .a)?.event == rig.lastEvent(.a))
    }

    @Test func timeIsEstimatedOnlyOfWhatIsKnown() throws {
        let rig = Rig()
        try rig.open(BatchRequest(id: .a))
        try rig.add(.a, first: 0, Array(repeating: BatchOperation(type: "work"), count: 100))
        rig.ready(.w1, capacity: 100)
        for number in 0..<10 {
            rig.advance(.seconds(1))
            rig.report(.w1, .a, completed: [number])
        }
        #expect(rig.lastEvent(.a)?.operationsPerSecond != nil)
        #expect(rig.lastEvent(.a)?.estimatedSecondsRemaining == nil, "more may come")
        try rig.seal(.a, total: 100)
        for number in 10..<50 {
            rig.advance(.seconds(1))
            rig.report(.w1, .a, completed: [number])
        }
        let left = try #require(rig.lastEvent(.a)?.estimatedSecondsRemaining)
        #expect(abs(left - 50) < 5)
    }

    /// Who asks between two events is told the present counts; the revision is still that of the newest event.
    @Test func whoAsksIsToldWhatNoEventHasTold() throws {
        let rig = Rig()
        try rig.open(BatchRequest(id: .a))
        let opened = try #require(rig.lastEvent(.a))
        try rig.add(.a, first: 0, Array(repeating: BatchOperation(type: "work"), count: 4))
        #expect(rig.engine.present(.a)?.totalOperations == 4 && rig.lastEvent(.a) == opened)
        #expect(rig.engine.present(.a)?.revision == opened.revision)
        rig.ready(.w1, capacity: 4)
        rig.report(.w1, .a, shares: [OperationShare(operation: 0, progress: 0.8)])
        rig.advance(.seconds(1))
        rig.report(.w1, .a, completed: [3])
        let told = try #require(rig.lastEvent(.a))
        #expect(told.completedOperations == 1 && told.progress == 0.45)
        #expect(rig.engine.present(.a) == told, "nothing is new")
        rig.advance(.milliseconds(10))
        rig.report(.w1, .a, completed: [1])
        let present = try #require(rig.engine.present(.a))
        #expect(rig.lastEvent(.a) == told)
        #expect(present.completedOperations == 2 && present.revision == told.revision)
        #expect(present.progress == 0.5 && present.updatedAt > told.updatedAt)
        #expect(present.currentOperation == told.currentOperation)
    }

    /// Revisions are durable before they are used, in blocks; after a restart none comes again.
    @Test func revisionsAreReservedInBlocks() throws {
        let rig = Rig { $0.revisionBlock = 10 }
        var last: Int64 = 0
        for _ in 0..<5 {
            try rig.submit(BatchID(literal: "a"), 1)
            for _ in 0..<12 {
                try rig.pause(.a)
                try rig.resume(.a)
                #expect((rig.lastEvent(.a)?.revision ?? 0) <= rig.store.reserved)
            }
            try rig.cancel(.a)
            let revisions = rig.told.map(\.event.revision).filter { $0 > last }
            #expect(
                revisions.count == 26 && zip(revisions.dropFirst(), revisions).allSatisfy { $0 == $1 + 1 })
            last = revisions.last ?? 0
            rig.restart()
            #expect(rig.engine.revision >= last && rig.engine.revision - last < 10)
            last = rig.engine.revision
        }
        #expect(rig.told.count == 130 && rig.store.reserved < 200)
    }

    @Test func emptyMeansThatNothingIsLeft() throws {
        let rig = Rig()
        rig.ready(.w1, capacity: 10)
        for number in 0..<100 {
            let id = try #require(BatchID("batch-\(number)"))
            try rig.submit(id, 3, retries: 1)
            #expect(!rig.engine.isEmpty)
            rig.report(.w1, id, completed: [0, 1], failed: [2])
            rig.report(.w1, id, completed: [2])
            #expect(rig.engine.isEmpty && rig.engine.activeEvents.isEmpty)
        }
        rig.goodbye(.w1)
        #expect(rig.engine.nextDeadline() == nil)
        #expect(rig.store.grants.isEmpty && rig.store.recovery.batches.isEmpty)
    }
}

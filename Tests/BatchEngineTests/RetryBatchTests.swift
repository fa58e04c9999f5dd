import BatchEngine
import BatchProgress
import Testing

@Suite struct RetryBatchTests {
    private let rig = Rig()

    /// Batch a has failed with two of its three operations.
    init() throws {
        try rig.submit(.a, 3)
        rig.ready(.w1, capacity: 3)
        rig.report(.w1, .a, completed: [1], failed: [0, 2])
    }

    private func retry(_ id: BatchID = .a) throws -> OpenedBatch {
        let source = try #require(rig.record(id))
        return try rig.turn { engine, turn in
            try engine.retry(
                source, as: BatchRequest(id: .b), known: self.rig.store.record(of: .b), in: &turn)
        }
    }

    /// A step of the copy is durable, and the engine is told.
    private func copied(first: Int, _ count: Int, isLast: Bool) {
        let digest = OperationDigest(value: UInt64(first + count))
        rig.store.copied([("work", count)], digest: digest, to: .b)
        rig.turn { engine, turn in
            engine.copied(
                RetryCopy(from: .a, to: .b, after: nil, limit: count, first: first), types: [("work", count)],
                digest: digest, isLast: isLast, in: &turn)
        }
    }

    @Test func isANewBatch() throws {
        #expect(try retry() == OpenedBatch(try #require(rig.record(.b))))
        #expect(rig.record(.b)?.retryOf == .a && rig.record(.a)?.status == .failed)
        copied(first: 0, 1, isLast: false)
        #expect(rig.record(.b)?.total == 1 && rig.record(.b)?.sealed == false)
        #expect(rig.grants.map(\.batch) == [.b], "what is there is handed out already")
        rig.report(.w1, .b, completed: [0])
        #expect(rig.record(.b)?.status == .processing)
        copied(first: 1, 1, isLast: true)
        rig.report(.w1, .b, completed: [1])
        #expect(rig.record(.b)?.status == .completed && rig.engine.isEmpty)
        #expect(rig.record(.b)?.digest == OperationDigest(value: 2))
    }

    @Test func askedForTwiceItIsOne() throws {
        #expect(try retry() == retry())
        copied(first: 0, 2, isLast: true)
        #expect(try retry().sealed)
        rig.report(.w1, .b, completed: [0, 1])
        #expect(try retry().total == 2, "also when it has ended")
    }

    @Test func anotherBatchOfThatNameIsAConflict() throws {
        try rig.submit(.b, 1)
        #expect(throws: Refusal.conflictingBatch(.b, what: "batch that it retries")) { try retry() }
    }

    @Test func onlyWhatEndedAndFailed() throws {
        let id = BatchID(literal: "c")
        try rig.submit(id, 1)
        #expect(throws: Refusal.notEnded(id)) { try retry(id) }
        rig.report(.w1, id, completed: [0])
        #expect(throws: Refusal.nothingToRetry(id)) { try retry(id) }
    }

    /// Killed between two steps, or between a step and its consequence.
    @Test(arguments: [true, false])
    func anInterruptedCopyIsGoneOnWith(isStepKnown: Bool) throws {
        _ = try retry()
        if isStepKnown {
            copied(first: 0, 1, isLast: false)
        } else {
            rig.store.copied([("work", 1)], digest: OperationDigest(value: 1), to: .b)
        }
        rig.restart()
        #expect(rig.record(.b)?.total == 1 && rig.record(.b)?.sealed == false)
        #expect(rig.record(.b)?.digest == OperationDigest(value: 1))
        rig.ready(.w1, capacity: 3)
        copied(first: 1, 1, isLast: true)
        rig.report(.w1, .b, completed: [0, 1])
        #expect(rig.record(.b)?.status == .completed && rig.engine.isEmpty)
    }

    @Test func aStepThatIsToldTwiceCountsOnce() throws {
        _ = try retry()
        copied(first: 0, 1, isLast: false)
        rig.turn { engine, turn in
            engine.copied(
                RetryCopy(from: .a, to: .b, after: nil, limit: 1, first: 0), types: [("work", 1)],
                digest: OperationDigest(), isLast: true, in: &turn)
        }
        #expect(rig.record(.b)?.total == 1 && rig.record(.b)?.sealed == false)
    }

    /// Cancelled while a worker holds something of it, and a step's commit was under way: whether the engine
    /// heard of that step or was killed before, the batch ends.
    @Test(arguments: [true, false])
    func cancelledDuringTheCopy(isKilled: Bool) throws {
        _ = try retry()
        copied(first: 0, 1, isLast: false)
        #expect(rig.engine.state(of: 0, of: .b) == "granted")
        try rig.cancel(.b)
        copied(first: 1, 1, isLast: true)
        if isKilled {
            rig.restart()
            rig.ready(.w1, holding: [HeldOperations(batch: .b, attempt: 1, operations: [0])])
        }
        rig.report(.w1, .b, cancelled: [0])
        #expect(rig.record(.b)?.status == .cancelled && rig.engine.isEmpty)
        #expect(rig.record(.b)?.finished == rig.record(.b)?.total)
    }
}

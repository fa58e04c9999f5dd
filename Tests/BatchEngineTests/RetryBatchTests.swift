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

    private func retry(_ id: BatchID = .a, lostOnly: Bool = false) throws -> OpenedBatch {
        let source = try #require(rig.record(id))
        return try rig.turn { engine, turn in
            try engine.retry(
                source, as: BatchRetry(id: .b, lostOnly: lostOnly, actor: "eve"),
                known: self.rig.store.record(of: .b), in: &turn)
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

    /// Whoever asked for it looks at it next, and the event that tells of the copies has to wait.
    @Test func whoAsksIsToldHowManyThereAre() throws {
        _ = try retry()
        copied(first: 0, 2, isLast: true)
        #expect(rig.lastEvent(.b)?.totalOperations == 0)
        #expect(rig.engine.present(.b)?.totalOperations == 2)
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

    /// Of a batch that only its own workers took, nobody would ever take a retry in the old lane.
    @Test func ofABatchWithWorkersOfItsOwnItIsTooAndWaitsForThem() throws {
        let id = BatchID(literal: "c")
        try rig.submit(BatchRequest(id: id, actor: "ann", lane: "c", retries: 0), [("work", 1)])
        rig.ready(.w2, lane: "c")
        rig.report(.w2, id, failed: [0])
        _ = try retry(id)
        let request = try #require(rig.record(.b)?.request)
        #expect(request.lane == "b" && request.attended && request.actor == "eve")
        copied(first: 0, 1, isLast: true)
        #expect(rig.grants.isEmpty, "neither of the old lane nor of the fleet")
        #expect(rig.record(.b)?.status == .paused)
        rig.ready(.w3, lane: "b")
        #expect(rig.grants.isEmpty)
        try rig.resume(.b)
        #expect(rig.grants.map(\.session) == [.w3])
    }

    @Test func inAnotherLaneItStaysThere() throws {
        let id = BatchID(literal: "c")
        try rig.submit(BatchRequest(id: id, lane: "night"), [("work", 1)])
        rig.ready(.w2, lane: "night")
        rig.report(.w2, id, failed: [0])
        _ = try retry(id)
        #expect(rig.record(.b)?.request.lane == "night" && rig.record(.b)?.request.attended == false)
    }

    @Test func onlyOfWhatWasLost() throws {
        #expect(throws: Refusal.nothingLost(.a)) { try retry(lostOnly: true) }
        let id = BatchID(literal: "c")
        try rig.submit(BatchRequest(id: id, onLost: .fail), [("other", 3)])
        rig.ready(.w2, types: ["other"], slots: 3, capacity: 3)
        rig.report(.w2, id, failed: [2])
        rig.advance(rig.configuration.lease)
        #expect(rig.counts(id) == [0, 3, 0] && rig.record(id)?.lost == 2)
        #expect(rig.store.ended(id).filter(\.outcome.workerWasLost).map(\.operations) == [0..<1, 1..<2])
        _ = try retry(id, lostOnly: true)
        #expect(rig.store.copies.map(\.lostOnly) == [true])
        #expect(throws: Refusal.conflictingBatch(.b, what: "choice of what it retries")) { try retry(id) }
        rig.restart()
        #expect(try retry(id, lostOnly: true) == OpenedBatch(try #require(rig.record(.b))))
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

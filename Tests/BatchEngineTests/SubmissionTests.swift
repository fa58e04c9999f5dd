import BatchEngine
import BatchProgress
import Testing

@Suite struct SubmissionTests {
    private let rig = Rig { configuration in
        configuration.operationsPerBatch = 100
        configuration.typesPerBatch = 3
        configuration.openBatchesPerActor = 2
        configuration.activeBatches = 4
    }

    private static let three = (0..<3).map { BatchOperation(type: "work", data: [UInt8($0)]) }

    @Test func isPendingAtOnce() throws {
        try rig.open(BatchRequest(id: .a, label: "photos"))
        let event = try #require(rig.published.first)
        #expect(event.status == .pending && event.label == "photos" && event.totalOperations == 0)
        #expect(rig.store.record(of: .a)?.status == .pending)
    }

    @Test func eachStepMayBeRepeated() throws {
        let request = BatchRequest(id: .a, label: "photos", retries: 2)
        for _ in 0..<3 { #expect(try rig.open(request).total == 0) }
        #expect(try rig.add(.a, first: 0, Self.three) == 3)
        // The answer was lost: `open` says where to go on.
        #expect(try rig.open(request).total == 3)
        #expect(try rig.add(.a, first: 3, Self.three) == 6)
        for _ in 0..<3 { #expect(try rig.seal(.a, total: 6).sealed) }
        #expect(try rig.open(request) == rig.seal(.a, total: 6))
        #expect(rig.engine.batchCount == 1)
    }

    @Test func eachStepMayBeRepeatedAfterTheEnd() throws {
        try rig.submit(.a, 1)
        rig.ready(.w1)
        rig.report(.w1, .a, completed: [0])
        #expect(rig.record(.a)?.status == .completed)
        #expect(try rig.open(BatchRequest(id: .a)).sealed)
        #expect(try rig.seal(.a, total: 1).sealed)
        #expect(rig.engine.isEmpty && rig.published.isEmpty)
    }

    static let others: [(request: BatchRequest, what: String)] = [
        (BatchRequest(id: .a, label: "films"), "label"),
        (BatchRequest(id: .a, label: "photos", lane: "mine"), "lane"),
        (BatchRequest(id: .a, label: "photos", retries: 1), "number of retries"),
        (BatchRequest(id: .a, label: "photos", onLost: .fail), "policy for lost workers"),
    ]

    @Test(arguments: others)
    func anotherBatchOfTheSameIDIsAConflict(request: BatchRequest, what: String) throws {
        try rig.open(BatchRequest(id: .a, label: "photos"))
        #expect(throws: Refusal.conflictingBatch(.a, what: what)) { try rig.open(request) }
    }

    /// `ann` and `ann/laptop` are one key's; what is sealed is nobody's open batch.
    @Test func openBatchesAreCountedByWhoAsks() throws {
        func request(_ id: String, of actor: String) throws -> BatchRequest {
            BatchRequest(id: try #require(BatchID(id)), actor: actor)
        }
        try rig.open(BatchRequest(id: .a, actor: "ann"))
        try rig.open(request("2", of: "ann/laptop"))
        #expect(throws: Refusal.tooManyOpenBatches(limit: 2)) { try rig.open(request("3", of: "ann/desk")) }
        #expect(try rig.open(request("2", of: "ann/laptop")).total == 0)
        try rig.open(request("4", of: "anna"))
        try rig.add(.a, first: 0, Self.three)
        try rig.seal(.a, total: 3)
        try rig.open(request("3", of: "ann/desk"))
        #expect(throws: Refusal.tooManyActiveBatches(limit: 4)) { try rig.open(request("5", of: "bob")) }
    }

    /// Also after a restart, and by an end without a seal.
    @Test func whatHasEndedIsNoOpenBatch() throws {
        try rig.open(BatchRequest(id: .a, actor: "ann"))
        try rig.open(BatchRequest(id: .b, actor: "ann"))
        rig.restart()
        let third = BatchRequest(id: try #require(BatchID("3")), actor: "ann")
        #expect(throws: Refusal.tooManyOpenBatches(limit: 2)) { try rig.open(third) }
        try rig.cancel(.b)
        try rig.open(third)
    }

    /// As when a laptop sleeps for the night, with a batch that something goes on adding to.
    @Test func anOpenBatchOutlivesTheCoordinatorsAbsence() throws {
        try rig.open(BatchRequest(id: .a))
        try rig.add(.a, first: 0, Self.three)
        rig.stop(for: .seconds(2 * 3600))
        #expect(try rig.add(.a, first: 3, Self.three) == 6)
    }

    /// Who asks again, and from where, is not what the batch is.
    @Test func anotherActorIsNoConflict() throws {
        try rig.open(BatchRequest(id: .a, actor: "ann", interface: "cli"))
        #expect(try rig.open(BatchRequest(id: .a, actor: "bob", interface: "mcp")).total == 0)
        #expect(rig.record(.a)?.request.actor == "ann")
    }

    @Test(arguments: [-1, 0, 2, 4, Int.max, Int.min])
    func aChunkBeginsAtThePresentTotal(first: Int) throws {
        try rig.open(BatchRequest(id: .a))
        try rig.add(.a, first: 0, Self.three)
        #expect(throws: Refusal.conflictingOperations(.a, expected: 3)) {
            try rig.add(.a, first: first, Self.three)
        }
        #expect(rig.record(.a)?.total == 3 && rig.changes.isEmpty)
    }

    @Test func digestsAreChecked() throws {
        var right = OperationDigest()
        for operation in Self.three { right.add(operation) }
        let wrong = OperationDigest(value: 1)
        try rig.open(BatchRequest(id: .a))
        #expect(throws: Refusal.wrongDigest(.a, expected: right)) {
            try rig.add(.a, first: 0, Self.three, digest: wrong)
        }
        #expect(try rig.add(.a, first: 0, Self.three, digest: right) == 3)
        #expect(throws: Refusal.conflictingSeal(.a, total: 3, digest: right)) {
            try rig.seal(.a, total: 3, digest: wrong)
        }
        #expect(throws: Refusal.conflictingSeal(.a, total: 3, digest: right)) { try rig.seal(.a, total: 4) }
        #expect(try rig.seal(.a, total: 3, digest: right) == rig.open(BatchRequest(id: .a)))
    }

    @Test func limitsAreNamed() throws {
        try rig.open(BatchRequest(id: .a))
        try rig.add(.a, first: 0, Array(repeating: BatchOperation(type: "t0"), count: 99))
        #expect(throws: Refusal.tooManyOperations(.a, limit: 100)) { try rig.add(.a, first: 99, Self.three) }
        try rig.open(BatchRequest(id: .b))
        let types = (0..<4).map { BatchOperation(type: "t\($0)") }
        #expect(throws: Refusal.tooManyTypes(.b, limit: 3)) { try rig.add(.b, first: 0, types) }
        #expect(rig.record(.b)?.total == 0)
        #expect(try rig.add(.b, first: 0, Array(types.prefix(3))) == 3)
    }

    @Test func whatIsNotOpenTakesNothing() throws {
        #expect(throws: Refusal.unknownBatch(.a)) { try rig.add(.a, first: 0, Self.three) }
        #expect(throws: Refusal.unknownBatch(.a)) { try rig.seal(.a, total: 0) }
        try rig.open(BatchRequest(id: .a))
        #expect(throws: Refusal.emptyBatch(.a)) { try rig.seal(.a, total: 0) }
        try rig.add(.a, first: 0, Self.three)
        try rig.seal(.a, total: 3)
        #expect(throws: Refusal.alreadySealed(.a, total: 3)) { try rig.add(.a, first: 3, Self.three) }
    }

    @Test func whatIsCancelledBeforeItIsSealedStaysSo() throws {
        try rig.open(BatchRequest(id: .a))
        try rig.add(.a, first: 0, Self.three)
        rig.ready(.w1)
        try rig.cancel(.a)
        #expect(throws: Refusal.alreadyEnded(.a, .cancelled)) { try rig.add(.a, first: 3, Self.three) }
        #expect(throws: Refusal.alreadyEnded(.a, .cancelled)) { try rig.open(BatchRequest(id: .a)) }
        rig.report(.w1, .a, cancelled: [0])
        #expect(rig.record(.a)?.status == .cancelled && rig.engine.isEmpty)
        #expect(throws: Refusal.alreadyEnded(.a, .cancelled)) { try rig.open(BatchRequest(id: .a)) }
        #expect(throws: Refusal.alreadyEnded(.a, .cancelled)) { try rig.seal(.a, total: 3) }
    }

    @Test func anOpenBatchNeverEnds() throws {
        try rig.open(BatchRequest(id: .a))
        try rig.add(.a, first: 0, Self.three)
        rig.ready(.w1, capacity: 3)
        rig.report(.w1, .a, completed: [0, 1, 2])
        #expect(rig.record(.a)?.status == .processing)
        try rig.seal(.a, total: 3)
        #expect(rig.record(.a)?.status == .completed && rig.engine.isEmpty)
    }

    @Test func untouchedForAnHourItIsCancelled() throws {
        try rig.open(BatchRequest(id: .a))
        rig.advance(.seconds(1800))
        try rig.add(.a, first: 0, Self.three)
        rig.advance(.seconds(3599))
        #expect(rig.engine.record(of: .a) != nil)
        rig.advance(.seconds(1))
        #expect(rig.record(.a)?.status == .cancelled && rig.counts(.a) == [0, 0, 3])
        #expect(rig.engine.isEmpty)
    }

    @Test func sealedItWaitsForEver() throws {
        try rig.submit(.a, 1)
        rig.advance(.seconds(1_000_000))
        #expect(rig.record(.a)?.status == .pending)
    }
}

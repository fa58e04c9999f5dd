import BatchEngine
import BatchProgress
import BatchStore
import GRDB
import Testing

/// What a commit wrote is what a store that is opened later recovers.
@Suite struct RoundTripTests {
    /// Begins from batch "b" with ten operations of type "work", open and committed.
    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var changes: [Change]
        var expected: @Sendable (inout RecoverySummary) -> Void
    }

    static let id = batchID("b")
    static let chunk = makeChunk(makeOperations(0..<10))
    static let grant = Grant(
        id: 7, session: sessionID("s"), batch: id, type: "work", attempt: 2, operations: [5, 2, 3, 4, 9])
    static let history = OperationHistory(
        failures: 1, losses: 2, withdrawnAttempts: 3, notBefore: time(99))

    static let fullRecord: BatchRecord = {
        var record = BatchRecord(
            request: BatchRequest(
                id: id, label: "a label", actor: "somebody", interface: "cli", lane: "lane", retries: 3,
                onLost: .fail, attended: true, isPrivate: true,
                onEnd: EndAction(
                    type: "post", data: ["url": .string("u"), "n": .array([.integer(1), .null])])),
            retryOf: batchID("other"), createdAt: time(1))
        record.status = .paused
        (record.lost, record.retriesLostOnly) = (2, true)
        (record.completed, record.failed, record.cancelled, record.retried) = (2, 3, 1, 4)
        (record.sealed, record.paused) = (true, true)
        (record.startedAt, record.updatedAt, record.revision) = (time(2), time(3), 17)
        record.errors = [
            BatchFailure(operation: 3, label: "it's \"this\"\n", exitCode: -1, message: "ünd"),
            BatchFailure(operation: 4, message: ""),
        ]
        (record.total, record.digest) = (10, chunk.digest)
        return record
    }()

    static let rows = [
        Row(testDescription: "nothing") { _ in },
        Row(testDescription: "a record with every field", .batch(fullRecord)) {
            $0.batches[0].record = fullRecord
        },
        Row(
            testDescription: "more operations, of two types",
            .operations(
                makeChunk(
                    first: 10, makeOperations(10..<12) + makeOperations(12..<15, type: "other"),
                    after: chunk.digest), of: id)
        ) {
            let all = makeOperations(0..<12) + makeOperations(12..<15, type: "other")
            $0.batches[0].record.total = 15
            $0.batches[0].record.digest = makeChunk(all).digest
            $0.batches[0].types = [.init(type: "work", count: 12), .init(type: "other", count: 3)]
        },
        Row(
            testDescription: "no operations",
            .operations(OperationChunk(first: 10, operations: [], digest: chunk.digest), of: id)
        ) { _ in },
        Row(testDescription: "a grant, in any order, with its labels", .granted(grant)) {
            $0.grants = [grant]
            $0.batches[0].labels = [2: "label 2", 4: "label 4", 5: "label 5"]
        },
        Row(testDescription: "a grant that is closed", .granted(grant), .grantClosed(7)) { _ in },
        Row(
            testDescription: "neighbours that ended",
            .ended(makeEnded(0..<2), of: id), .ended(makeEnded(5..<7, .failed), of: id),
            .ended(makeEnded(2..<3, .cancelled), of: id)
        ) {
            $0.batches[0].ended = [0..<3, 5..<7]
        },
        Row(
            testDescription: "ends among granted ones", .granted(grant), .ended(makeEnded(2..<4), of: id)
        ) {
            $0.grants = [grant]
            $0.batches[0].ended = [2..<4]
            $0.batches[0].labels = [4: "label 4", 5: "label 5"]
        },
        Row(testDescription: "a history", .history(history, operation: 4, of: id)) {
            $0.batches[0].histories = [4: history]
        },
        Row(
            testDescription: "a history that changes", .history(history, operation: 4, of: id),
            .history(OperationHistory(withdrawnAttempts: 1), operation: 4, of: id)
        ) {
            $0.batches[0].histories = [4: OperationHistory(withdrawnAttempts: 1)]
        },
        Row(
            testDescription: "histories, of which one ends", .history(history, operation: 4, of: id),
            .history(history, operation: 5, of: id), .ended(makeEnded(5..<6), of: id)
        ) {
            $0.batches[0].histories = [4: history]
            $0.batches[0].ended = [5..<6]
        },
        Row(testDescription: "revisions", .revisionsReserved(upTo: 1 << 40)) {
            $0.reservedRevision = 1 << 40
        },
        Row(
            testDescription: "the end of the batch", .granted(grant), .history(history, operation: 4, of: id),
            .batch(fullRecord.ended(.cancelled, at: time(20)))
        ) {
            $0.batches = []
        },
        Row(
            testDescription: "a new batch, of which the operations come first",
            .operations(chunk, of: batchID("new")),
            .batch(makeRecord("new", total: 10, digest: chunk.digest))
        ) {
            $0.batches.append(
                .init(
                    record: makeRecord("new", total: 10, digest: chunk.digest),
                    types: [.init(type: "work", count: 10)]))
        },
    ]

    @Test(arguments: rows) func `what was committed is recovered`(row: Row) throws {
        try withStorePath { path in
            let record = makeRecord("b", total: 10, digest: Self.chunk.digest)
            var expected = RecoverySummary(
                batches: [.init(record: record, types: [.init(type: "work", count: 10)])])
            row.expected(&expected)
            do {
                let store = try BatchStore(path: path)
                _ = try store.commit([.operations(Self.chunk, of: Self.id), .batch(record)], loading: [])
                _ = try store.commit(row.changes, loading: [])
                #expect(RecoverySummary(try store.recover()) == expected)
            }
            #expect(RecoverySummary(try BatchStore(path: path).recover()) == expected)
        }
    }

    @Test func `of a batch that ended no work is kept`() throws {
        try withStorePath { path in
            do {
                let store = try BatchStore(path: path)
                let record = makeRecord("b", total: 10, digest: Self.chunk.digest)
                let work: [Change] = [
                    .granted(Self.grant), .history(Self.history, operation: 4, of: Self.id),
                ]
                _ = try store.commit(
                    [.operations(Self.chunk, of: Self.id), .batch(record)] + work, loading: [])
                _ = try store.commit([.batch(record.ended(.cancelled, at: time(20)))], loading: [])
            }
            let rows = try DatabaseQueue(path: path).read { database in
                try ["grants", "histories", "chunks"].map { table in
                    try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table)")
                }
            }
            #expect(rows == [0, 0, 1])
        }
    }

    @Test func `a new store holds nothing`() throws {
        try withStore { store in
            let recovery = try store.recover()
            #expect(RecoverySummary(recovery) == RecoverySummary())
        }
    }

    @Test func `a commit is all or nothing`() throws {
        try withStore { store in
            let record = makeRecord("b", total: 10, digest: Self.chunk.digest)
            _ = try store.commit([.operations(Self.chunk, of: Self.id), .batch(record)], loading: [])
            let before = RecoverySummary(try store.recover())
            let error = #expect(throws: StoreError.self) {
                _ = try store.commit(
                    [
                        .granted(Self.grant), .ended(makeEnded(0..<2), of: Self.id),
                        .ended(makeEnded(2..<4), of: batchID("unknown")),
                    ], loading: [])
            }
            #expect(error?.kind == .other)
            #expect(error?.description.contains("'unknown'") == true)
            #expect(RecoverySummary(try store.recover()) == before)
        }
    }
}

extension RoundTripTests.Row {
    init(
        testDescription: String, _ changes: Change...,
        expected: @escaping @Sendable (inout RecoverySummary) -> Void
    ) {
        self.init(testDescription: testDescription, changes: changes, expected: expected)
    }
}

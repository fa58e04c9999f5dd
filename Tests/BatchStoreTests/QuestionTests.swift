import BatchEngine
import BatchProgress
import BatchStore
import Testing

@Suite struct QuestionTests {
    @Test func `failures come in pages, also from within a run`() throws {
        try withStore { store in
            try commitEnded("b", total: 100, failed: [3..<4, 10..<20, 50..<51], in: store)
            let all = [3] + Array(10..<20) + [50]
            for limit in [1, 3, 5, 11, 12, 100] {
                var found: [BatchFailure] = []
                while case let page = try store.failures("b", after: found.last?.operation, limit: limit),
                    !page.isEmpty
                {
                    #expect(page.count <= limit)
                    found += page
                }
                #expect(found.map(\.operation) == all, "in pages of \(limit)")
                #expect(found[2] == BatchFailure(operation: 11, label: "label 11", message: "broke"))
            }
        }
    }

    @Test(arguments: [
        (2, 3), (3, 10), (9, 10), (10, 11), (18, 19), (19, 50), (20, 50), (49, 50), (50, nil), (-9, 3),
        (.max, nil),
    ])
    func `the first failure after a number`(after: Int, expected: Int?) throws {
        try withStore { store in
            try commitEnded("b", total: 100, failed: [3..<4, 10..<20, 50..<51], in: store)
            let found = try store.failures("b", after: after, limit: 1)
            #expect(found.first?.operation == expected)
        }
    }

    @Test func `failures of an unknown batch are none`() throws {
        try withStore { store in
            let failures = try store.failures("b")
            #expect(failures == [])
        }
    }

    /// Operations 0..<10, of which 2..<6 completed in one run and 7 failed with all there is to say.
    private func withPartlyEnded(
        _ status: BatchStatus, _ body: (BatchStore, EndedOperations) throws -> Void
    ) throws {
        try withStore { store in
            let chunk = makeChunk(makeOperations(0..<10))
            let outcome = OperationOutcome(
                kind: .failed, exitCode: 3, message: "no",
                standardOutput: OperationOutput(bytes: Array("out".utf8), totalBytes: 1 << 33),
                standardError: OperationOutput(bytes: [], totalBytes: 0))
            let failed = EndedOperations(
                operations: 7..<8, outcome: outcome, attempt: 4, worker: nil, at: time(6))
            var record = makeRecord("b", total: 10, digest: chunk.digest)
            if status.isEnd { record = record.ended(status, at: time(9)) }
            _ = try store.commit(
                [
                    .operations(chunk, of: batchID("b")), .ended(makeEnded(2..<6), of: batchID("b")),
                    .ended(failed, of: batchID("b")), .batch(record),
                ], loading: [])
            try body(store, failed)
        }
    }

    @Test(arguments: [
        (1, BatchStatus.processing, OperationAnswer.stillOpen(label: "label 1")),
        (2, .processing, .ended(makeEnded(2..<3), label: "label 2")),
        (5, .processing, .ended(makeEnded(5..<6), label: "label 5")),
        (6, .processing, .stillOpen(label: nil)),
        (8, .processing, .stillOpen(label: "label 8")),
        (6, .cancelled, .cancelledBeforeStart(label: nil)),
        (4, .cancelled, .ended(makeEnded(4..<5), label: "label 4")),
        (10, .cancelled, .noSuchOperation), (-1, .processing, .noSuchOperation),
    ])
    func `the outcome of one operation`(
        operation: Int, status: BatchStatus, expected: OperationAnswer
    ) throws {
        try withPartlyEnded(status) { store, _ in
            let found = try store.outcome("b", operation)
            #expect(found == expected)
        }
    }

    @Test func `an outcome comes with its output`() throws {
        try withPartlyEnded(.processing) { store, failed in
            let found = try store.outcome("b", 7)
            #expect(found == .ended(failed, label: "label 7"))
        }
    }

    @Test func `a batch is known while it is open and when it has ended`() throws {
        try withStore { store in
            let open = makeRecord("open")
            _ = try store.commit([.batch(open)], loading: [])
            try commitEnded("ended", total: 5, in: store)
            #expect(try store.known("open") == .kept(open))
            guard case .kept(let ended) = try store.known("ended") else {
                Issue.record("the batch is not kept")
                return
            }
            #expect(ended.status == .completed && ended.total == 5 && ended.endedAt == time(10))
            #expect(try store.known("never") == nil)
        }
    }

    @Test func `ended batches by revision, and by when they ended`() throws {
        try withStore { store in
            let ends: [(String, seconds: Int64, revision: Int64)] = [
                ("a", 30, 5), ("b", 10, 9), ("c", 20, 7), ("d", 40, 6),
            ]
            let records = ends.map {
                makeRecord($0.0).ended(.completed, at: time($0.seconds), revision: $0.revision)
            }
            _ = try store.commit(records.map { .batch($0) } + [.batch(makeRecord("open"))], loading: [])
            func ids(
                _ question: (StoreConnection) throws -> [BatchRecord]
            ) throws -> String {
                try store.ask { try question($0).map(\.request.id.description).joined() }
            }
            #expect(try ids { try $0.ended(after: 0, limit: 10) } == "adcb")
            #expect(try ids { try $0.ended(after: 5, limit: 2) } == "dc")
            #expect(try ids { try $0.ended(after: 9, limit: 2) } == "")
            #expect(try ids { try $0.recentlyEnded(limit: 3) } == "dac")
        }
    }

    @Test func `digests are known where a submitted chunk ends, however many rows it took`() throws {
        try withStore { store in
            let id = batchID("b")
            let first = makeChunk(makeOperations(0..<1_500))
            let second = makeChunk(first: 1_500, makeOperations(1_500..<1_510), after: first.digest)
            let record = makeRecord("b", total: 1_510, digest: second.digest)
            _ = try store.commit(
                [.operations(first, of: id), .operations(second, of: id), .batch(record)], loading: [])
            let expected: [Int: OperationDigest] = [
                0: OperationDigest(), 1_500: first.digest, 1_510: second.digest,
            ]
            for total in [-1, 0, 1, 1_000, 1_499, 1_500, 1_501, 1_509, 1_510, 1_511, .max] {
                #expect(try store.digest("b", upTo: total) == expected[total])
            }
            #expect(try store.digest("other", upTo: 0) == nil)
        }
    }

    @Test func `what is asked for later sees what was committed before`() async throws {
        try await withFolderAsync { folder in
            let store = try BatchStore(path: folder + "/tally.db")
            for number in 0..<50 {
                let record = makeRecord("b\(number)")
                store.commit([.batch(record)], loading: []) { result in
                    #expect(throws: Never.self) { try result.get() }
                }
                let known = await withCheckedContinuation { continuation in
                    store.ask({ try $0.record(of: record.request.id) }) { continuation.resume(returning: $0) }
                }
                #expect(try known.get() == .kept(record))
            }
        }
    }
}

import BatchEngine
import BatchProgress
import BatchStore
import Testing

@Suite struct RetryCopyTests {
    private static let failed = [3..<4, 10..<20, 50..<53]
    private static let numbers = failed.flatMap { Array($0) }

    private static func makeRetry() -> BatchRecord {
        BatchRecord(request: BatchRequest(id: batchID("r")), retryOf: batchID("b"), createdAt: time(20))
    }

    /// What the operations of the retry have to be.
    private static var copies: [BatchOperation] {
        let operations = makeOperations(0..<100)
        return numbers.map { operations[$0] }
    }

    private func load(_ numbers: [Int], of id: String, in store: BatchStore) throws -> [BatchOperation] {
        let grant = Grant(
            id: 1, session: sessionID("s"), batch: batchID(id), type: "work", attempt: 1, operations: numbers)
        return try store.commit([], loading: [grant]).operations[0]
    }

    private func withSource(_ body: (String) throws -> Void) throws {
        try withStorePath { path in
            try commitEnded("b", total: 100, failed: Self.failed, in: try BatchStore(path: path))
            try body(path)
        }
    }

    @Test(arguments: [1, 3, 13, 14, 100]) func `the failed operations are copied, step by step`(limit: Int)
        throws
    {
        try withSource { path in
            let store = try BatchStore(path: path)
            _ = try store.commit([.batch(Self.makeRetry())], loading: [])
            var next: RetryCopy? = RetryCopy(
                from: batchID("b"), to: batchID("r"), after: nil, limit: limit, first: 0)
            var steps: [CopiedOperations] = []
            while let copy = next, steps.count < 20 {
                let copied = try #require(try store.commit([.copyFailed(copy)], loading: []).copies.first)
                #expect(copied.copy == copy)
                steps.append(copied)
                next = copied.next
            }
            #expect(steps.count == (14 + limit - 1) / limit)
            #expect(steps.flatMap(\.types).map(\.count).reduce(0, +) == 14)
            #expect(steps.last?.digest == makeChunk(Self.copies).digest)
            #expect(try load(Array(0..<14), of: "r", in: store) == Self.copies)
        }
    }

    @Test(arguments: [1, 2, 5]) func `only what was lost with its worker`(limit: Int) throws {
        try withStore { store in
            let chunk = makeChunk(makeOperations(0..<10))
            let endings = [
                makeEnded(0..<2, .failed), makeEnded(2..<4, .failed, workerWasLost: true), makeEnded(4..<6),
                makeEnded(6..<8, .failed), makeEnded(8..<9, .failed, workerWasLost: true),
                makeEnded(9..<10, .failed),
            ]
            let record = makeRecord("b", total: 10, digest: chunk.digest).ended(.failed, at: time(10))
            var retry = Self.makeRetry()
            retry.retriesLostOnly = true
            _ = try store.commit(
                [.operations(chunk, of: batchID("b"))] + endings.map { .ended($0, of: batchID("b")) }
                    + [.batch(record), .batch(retry)], loading: [])
            var steps = 0
            while let copy = try store.ask({ try $0.unfinishedRetries(limit: limit) }).first, steps < 9 {
                let copied = try #require(try store.commit([.copyFailed(copy)], loading: []).copies.first)
                steps += 1
                if copied.next == nil { break }
            }
            #expect(steps == (3 + limit - 1) / limit)
            let operations = makeOperations(0..<10)
            #expect(try load([0, 1, 2], of: "r", in: store) == [2, 3, 8].map { operations[$0] })
            let outcome = try store.outcome("b", 8)
            #expect(outcome == .ended(endings[4], label: "label 8"))
        }
    }

    @Test func `a step copies no more than fits into memory`() throws {
        try withStore { store in
            let chunk = makeChunk(makeOperations(0..<5, size: 3 << 20))
            let record = makeRecord("b", total: 5, digest: chunk.digest).ended(.failed, at: time(10))
            _ = try store.commit(
                [
                    .operations(chunk, of: batchID("b")), .ended(makeEnded(0..<5, .failed), of: batchID("b")),
                    .batch(record), .batch(Self.makeRetry()),
                ], loading: [])
            var next: RetryCopy? = RetryCopy(
                from: batchID("b"), to: batchID("r"), after: nil, limit: 100, first: 0)
            var counts: [Int] = []
            var digest = OperationDigest()
            while let copy = next, counts.count < 5 {
                let copied = try #require(try store.commit([.copyFailed(copy)], loading: []).copies.first)
                counts += copied.types.map(\.count)
                (next, digest) = (copied.next, copied.digest)
            }
            #expect(counts == [2, 2, 1])
            #expect(digest == chunk.digest)
        }
    }

    @Test func `a retry goes on where it was interrupted, after each step`() throws {
        try withSource { path in
            _ = try BatchStore(path: path).commit([.batch(Self.makeRetry())], loading: [])
            for step in 0..<4 {
                let store = try BatchStore(path: path)
                let copies = try store.ask { try $0.unfinishedRetries(limit: 4) }
                let after = step == 0 ? nil : Self.numbers[step * 4 - 1]
                let expected = RetryCopy(
                    from: batchID("b"), to: batchID("r"), after: after, limit: 4, first: step * 4)
                #expect(copies == [expected])
                let recovered = try #require(try store.recover().batches.first)
                #expect(recovered.record.total == step * 4)
                #expect(recovered.record.digest == makeChunk(Array(Self.copies.prefix(step * 4))).digest)
                _ = try store.commit([.copyFailed(expected)], loading: [])
            }
            // The last step was done, but the engine wasn't told of it: an empty one ends the retry.
            let store = try BatchStore(path: path)
            let copies = try store.ask { try $0.unfinishedRetries(limit: 4) }
            let copied = try store.commit(copies.map { .copyFailed($0) }, loading: []).copies
            #expect(copied.map(\.types.count) == [0])
            #expect(copied.map(\.next) == [nil])
            #expect(copied.map(\.digest) == [makeChunk(Self.copies).digest])
        }
    }

    @Test(arguments: ["sealed", "cancelling", "ended"]) func `what gets nothing more`(state: String) throws {
        try withSource { path in
            let store = try BatchStore(path: path)
            var retry = Self.makeRetry()
            if state == "sealed" { retry.sealed = true }
            if state == "cancelling" { retry.cancelling = true }
            if state == "ended" { retry = retry.ended(.cancelled, at: time(30)) }
            _ = try store.commit([.batch(retry)], loading: [])
            #expect(try store.ask({ try $0.unfinishedRetries(limit: 5) }).isEmpty)
            let copy = RetryCopy(from: batchID("b"), to: batchID("r"), after: nil, limit: 5, first: 0)
            let copied = try #require(try store.commit([.copyFailed(copy)], loading: []).copies.first)
            #expect(copied.types.isEmpty && copied.next == nil && !copied.isSourceForgotten)
        }
    }

    @Test func `copies that came after the batch was cancelled don't count`() throws {
        try withSource { path in
            let store = try BatchStore(path: path)
            let copy = RetryCopy(from: batchID("b"), to: batchID("r"), after: nil, limit: 5, first: 0)
            var retry = Self.makeRetry()
            _ = try store.commit([.batch(retry), .copyFailed(copy)], loading: [])
            // The engine cancelled it before it learnt of the copies; one of three operations is still held.
            (retry.cancelling, retry.total, retry.cancelled) = (true, 3, 2)
            _ = try store.commit([.batch(retry)], loading: [])
            let recovered = RecoverySummary(try store.recover())
            #expect(recovered.batches == [.init(record: retry, types: [.init(type: "work", count: 3)])])
        }
    }

    @Test func `a batch that was forgotten can't be copied from`() throws {
        try withStore { store in
            let copy = RetryCopy(from: batchID("b"), to: batchID("r"), after: nil, limit: 5, first: 0)
            let copied = try store.commit([.batch(Self.makeRetry()), .copyFailed(copy)], loading: []).copies
            #expect(copied.map(\.isSourceForgotten) == [true])
            #expect(copied.map(\.next) == [nil])
        }
    }

    @Test func `a step that is done twice is refused`() throws {
        try withSource { path in
            let store = try BatchStore(path: path)
            let copy = RetryCopy(from: batchID("b"), to: batchID("r"), after: nil, limit: 5, first: 0)
            _ = try store.commit([.batch(Self.makeRetry()), .copyFailed(copy)], loading: [])
            let error = #expect(throws: StoreError.self) {
                _ = try store.commit([.copyFailed(copy)], loading: [])
            }
            #expect(error?.kind == .other)
            #expect(try load(Array(0..<5), of: "r", in: store) == Array(Self.copies.prefix(5)))
        }
    }
}

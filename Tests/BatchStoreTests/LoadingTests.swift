import BatchEngine
import BatchProgress
import BatchStore
import Testing

@Suite struct LoadingTests {
    private static let id = batchID("b")

    private func makeGrant(_ operations: [Int], id: GrantID = 1) -> Grant {
        Grant(
            id: id, session: sessionID("s"), batch: Self.id, type: "work", attempt: 1, operations: operations)
    }

    @Test func `granted operations come in the order of the grant, also those added by the same commit`()
        throws
    {
        try withStore { store in
            let operations = makeOperations(0..<10)
            let chunk = makeChunk(operations)
            let grant = makeGrant([7, 8, 9, 0, 3])
            let committed = try store.commit(
                [
                    .operations(chunk, of: Self.id), .granted(grant),
                    .batch(makeRecord("b", total: 10, digest: chunk.digest)),
                ], loading: [grant])
            #expect(committed.operations == [[7, 8, 9, 0, 3].map { operations[$0] }])
        }
    }

    /// Decoding takes seconds for each of these: for each value it makes errors that hold the way to it.
    @Test(.timeLimit(.minutes(1)))
    func `what is to be done on an end is recovered in time, however it is nested`() throws {
        try withStore { store in
            let (opening, closing) = (String(repeating: "[", count: 100), String(repeating: "]", count: 100))
            let text = opening + String(repeating: "[],", count: 20_000) + "0" + closing
            let action = EndAction(type: "post", data: ["url": try JSONValue(reading: text.utf8)])
            for number in 0..<50 {
                var record = makeRecord("b\(number)")
                record.request.onEnd = action
                _ = try store.commit([.batch(record)], loading: [])
            }
            let recovered = try store.recover().batches.map(\.record.request.onEnd)
            #expect(recovered.count == 50 && recovered.allSatisfy { $0 == action })
        }
    }

    @Test func `one grant can be loaded twice, each time with other operations`() throws {
        try withStore { store in
            let operations = makeOperations(0..<10)
            let chunk = makeChunk(operations)
            let committed = try store.commit(
                [.operations(chunk, of: Self.id), .batch(makeRecord("b", total: 10, digest: chunk.digest))],
                loading: [makeGrant([1, 2]), makeGrant([2])])
            #expect(committed.operations == [[operations[1], operations[2]], [operations[2]]])
        }
    }

    @Test(arguments: [
        [0, 1, 300_000, 0, 0, 262_144, 5], [100_000, 100_000, 100_000, 100_000], [0],
        [Int](repeating: 0, count: 2_500), [262_145], [131_072, 131_072, 131_072],
    ]) func `operations of any size come back as they were`(sizes: [Int]) throws {
        try withStore { store in
            let operations = sizes.enumerated().map { index, size in
                BatchOperation(
                    type: index % 4 == 0 ? "a" : "b",
                    data: [UInt8](repeating: UInt8(index & 0xff), count: size),
                    label: [nil, "", "label \(index)", "日本"][index % 4])
            }
            let chunk = makeChunk(operations)
            let record = makeRecord("b", total: operations.count, digest: chunk.digest)
            let backwards = Array(operations.indices.reversed())
            let committed = try store.commit(
                [.operations(chunk, of: Self.id), .batch(record)],
                loading: [makeGrant(Array(operations.indices)), makeGrant(backwards)])
            #expect(committed.operations[0] == operations)
            #expect(committed.operations[1] == operations.reversed())
            #expect(try store.recover().batches[0].record == record)
        }
    }

    @Test func `many batches are read in turn`() throws {
        try withStore { store in
            let ids = (0..<20).map { batchID("b\($0)") }
            let chunks = (0..<20).map { makeChunk(makeOperations(($0 * 10)..<($0 * 10 + 10))) }
            let changes = zip(ids, chunks).flatMap { id, chunk -> [Change] in
                [
                    .operations(chunk, of: id),
                    .batch(makeRecord(id.description, total: 10, digest: chunk.digest)),
                ]
            }
            _ = try store.commit(changes, loading: [])
            for operation in 0..<10 {
                let grants = ids.map { id in
                    Grant(
                        id: 1, session: sessionID("s"), batch: id, type: "work", attempt: 1,
                        operations: [operation])
                }
                let loaded = try store.commit([], loading: grants).operations
                #expect(loaded == chunks.map { [$0.operations[operation]] })
            }
        }
    }
}

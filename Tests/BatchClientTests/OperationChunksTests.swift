import BatchProgress
import BatchProtocol
import Testing

@testable import BatchClient

@Suite struct OperationChunksTests {
    /// Of operations that come in pieces of these sizes, chunks of these are made.
    @Test(
        arguments: [
            ([], []), ([0, 0], []), ([1], [1]), ([1000], [1000]), ([1001], [1000, 1]),
            ([2500], [1000, 1000, 500]),
            // A piece's end is a chunk's end: nothing waits for what isn't there yet.
            ([3, 0, 4], [3, 4]), ([999, 2], [999, 2]),
        ] as [([Int], [Int])])
    func areOfThisSize(pieces: [Int], chunks: [Int]) async throws {
        let operations = pieces.map { Array(repeating: BatchOperation(type: "work"), count: $0) }
        let made = try await OperationChunks(operations).all()
        #expect(made.map(\.operations.count) == chunks)
        #expect(made.map(\.first) == chunks.indices.map { chunks[..<$0].reduce(0, +) })
    }

    /// Bytes of data and of label of each of so many operations: how many fit into the first chunk.
    static let sizes: [(data: Int, label: Int, count: Int, first: Int)] = [
        (1 << 20, 0, 5, 4), (50_000, 0, 100, 83), (400, 0, 1000, 1000),
        // Labels go into the JSON frame, which is smaller.
        (0, 1000, 1000, 131), (0, 100, 1000, 1000),
    ]

    @Test(arguments: sizes)
    func fitIntoAMessage(data: Int, label: Int, count: Int, first: Int) async throws {
        let label = label == 0 ? nil : String(repeating: "\u{1}", count: label)
        let operation = BatchOperation(type: "work", data: [UInt8](repeating: 0, count: data), label: label)
        let chunks = try await OperationChunks([Array(repeating: operation, count: count)]).all()
        #expect(chunks.first?.operations.count == first)
        #expect(chunks.reduce(0) { $0 + $1.operations.count } == count)
        for chunk in chunks {
            #expect(chunk.operations.reduce(0) { $0 + $1.data.count } <= WireLimits.chunkBytes)
            let header = ChunkHeader(
                chunk.operations, first: chunk.first, digest: chunk.digest, batch: id("a"))
            let request = ControlRequest(id: .max, .add(header))
            #expect(request.frames[0].count <= WireLimits.headerBytes)
        }
    }

    static let faults: [(operation: BatchOperation, code: BatchClientError.Code, text: String)] = [
        (
            BatchOperation(type: "work", data: [UInt8](repeating: 0, count: (1 << 20) + 1)), .tooLarge,
            "operation 2 has 1048577 bytes of data; at most 1048576"
        ),
        (
            BatchOperation(type: "no type"), .malformed,
            "operation 2: 'no type' is no type: 1 to 64 letters, digits, '_' or '-', not beginning with '-'"
        ),
        (
            BatchOperation(type: "work", label: String(repeating: "x", count: 1001)), .tooLarge,
            "operation 2 has a label of more than 1000 characters"
        ),
    ]

    @Test(arguments: faults)
    func aFaultNamesTheOperation(operation: BatchOperation, code: BatchClientError.Code, text: String)
        async throws
    {
        let good = BatchOperation(type: "work")
        var chunks = OperationChunks([[good, good], [operation]])
        _ = try await chunks.nextChunk()
        let error = await #expect(throws: BatchClientError.self) { try await chunks.nextChunk() }
        #expect(error?.code == code && error?.description == text)
    }

    @Test(arguments: [0, 1, 7, 1000, 1001, 2500])
    func goesOnWhereTheCoordinatorIs(count: Int) async throws {
        let operations = (0..<2500).map { BatchOperation(type: "t\($0 % 2)", data: [UInt8($0 % 256)]) }
        var whole = OperationDigest()
        var prefix = OperationDigest()
        for (number, operation) in operations.enumerated() {
            whole.add(operation)
            if number < count { prefix.add(operation) }
        }
        var chunks = OperationChunks([operations])
        #expect(try await chunks.skip(to: count) == prefix)
        var numbers: [Int] = []
        while let chunk = try await chunks.nextChunk() { numbers += chunk.first..<chunk.end }
        #expect(numbers == Array(count..<2500))
        #expect(chunks.digest == whole && chunks.total == 2500)
    }

    @Test func thereMayBeFewerThanTheCoordinatorHas() async throws {
        var chunks = OperationChunks([[BatchOperation(type: "work")]])
        #expect(try await chunks.skip(to: 2) == nil)
    }

    @Test func theHeaderCountsNeighbours() {
        let operations = ["a", "a", "b", "a"].map { BatchOperation(type: $0) }
        let header = ChunkHeader(operations, first: 5, digest: OperationDigest(), batch: id("x"))
        #expect(
            header.types == [
                .init(type: "a", count: 2), .init(type: "b", count: 1), .init(type: "a", count: 1),
            ])
        #expect(header.first == 5 && header.labels == nil && header.digest == "cbf29ce484222325")
        let labelled = ChunkHeader(
            operations + [BatchOperation(type: "a", label: "x")], first: 0, digest: OperationDigest(),
            batch: id("x"))
        #expect(labelled.labels == [nil, nil, nil, nil, "x"])
    }
}

extension OperationChunks {
    fileprivate init(_ pieces: [[BatchOperation]]) {
        var rest = pieces[...]
        self.init { rest.popFirst() }
    }

    fileprivate func all() async throws -> [Chunk] {
        var copy = self
        var chunks: [Chunk] = []
        while let chunk = try await copy.nextChunk() { chunks.append(chunk) }
        return chunks
    }
}

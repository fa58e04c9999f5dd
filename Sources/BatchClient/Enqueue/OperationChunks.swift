import BatchProgress
import BatchProtocol

/// Cuts operations of any number into chunks that fit into a message, with the digest up to their end.
///
/// They come in pieces, as they become known; the end of a piece ends a chunk, so that nothing waits for what
/// isn't there yet.
struct OperationChunks {
    struct Chunk {
        var first: Int
        var operations: [BatchOperation]
        var digest: OperationDigest

        var end: Int { first + operations.count }
    }

    /// Of one chunk, all labels together: as JSON a byte of them may take six, and the rest of the frame is
    /// smaller than they are.
    private static let labelBytes = WireLimits.headerBytes / 8

    private let nextPiece: () async throws -> [BatchOperation]?
    private var piece: ArraySlice<BatchOperation> = []
    private(set) var total = 0
    private(set) var digest = OperationDigest()

    init(_ nextPiece: @escaping () async throws -> [BatchOperation]?) {
        self.nextPiece = nextPiece
    }

    /// Passes over operations that the coordinator has already; nil if there aren't so many.
    mutating func skip(to count: Int) async throws -> OperationDigest? {
        while total < count {
            guard try await fill(), let operation = piece.popFirst() else { return nil }
            digest.add(operation)
            total += 1
        }
        return digest
    }

    /// The next chunk; nil at the end.
    mutating func nextChunk() async throws -> Chunk? {
        guard try await fill() else { return nil }
        let first = total
        var operations: [BatchOperation] = []
        var bytes = 0
        var labelBytes = 0
        while let candidate = piece.first, operations.count < WireLimits.operationsPerChunk {
            try check(candidate)
            bytes += candidate.data.count
            labelBytes += candidate.label?.utf8.count ?? 0
            guard operations.isEmpty || (bytes <= WireLimits.chunkBytes && labelBytes <= Self.labelBytes)
            else { break }
            digest.add(candidate)
            operations.append(candidate)
            piece.removeFirst()
            total += 1
        }
        return Chunk(first: first, operations: operations, digest: digest)
    }

    /// Waits until there is an operation; false at the end.
    mutating func fill() async throws -> Bool {
        while piece.isEmpty {
            guard let next = try await nextPiece() else { return false }
            piece = next[...]
        }
        return true
    }

    private func check(_ operation: BatchOperation) throws(BatchClientError) {
        if operation.data.count > WireLimits.dataBytes {
            throw BatchClientError(
                .tooLarge,
                "operation \(total) has \(operation.data.count) bytes of data; at most \(WireLimits.dataBytes)"
            )
        }
        if (operation.label?.unicodeScalars.count ?? 0) > WireLimits.labelCharacters {
            throw BatchClientError(
                .tooLarge,
                "operation \(total) has a label of more than \(WireLimits.labelCharacters) characters")
        }
        if BatchID(operation.type) == nil {
            throw BatchClientError(
                .malformed, "operation \(total): '\(operation.type)' is no type: \(BatchID.requirement)")
        }
    }
}

extension ChunkHeader {
    init(_ operations: [BatchOperation], first: Int, digest: OperationDigest, batch: BatchID) {
        var runs: [TypeRun] = []
        for operation in operations {
            if runs.last?.type == operation.type {
                runs[runs.count - 1].count += 1
            } else {
                runs.append(TypeRun(type: operation.type, count: 1))
            }
        }
        let hasLabels = operations.contains { $0.label != nil }
        self.init(
            batch: batch, first: first, types: runs, labels: hasLabels ? operations.map(\.label) : nil,
            digest: digest.description)
    }
}

import BatchProgress
import BatchProtocol

/// Cuts operations of any number into chunks that fit into a message, with the digest up to their end.
struct OperationChunks<Operations: Sequence<BatchOperation>> {
    struct Chunk {
        var first: Int
        var operations: [BatchOperation]
        var digest: OperationDigest

        var end: Int { first + operations.count }
    }

    private var iterator: Operations.Iterator
    private var next: BatchOperation?
    private(set) var total = 0
    private(set) var digest = OperationDigest()

    init(_ operations: Operations) {
        iterator = operations.makeIterator()
        next = iterator.next()
    }

    /// Passes over operations that the coordinator has already; nil if there aren't so many.
    mutating func skip(to count: Int) -> OperationDigest? {
        while total < count {
            guard let operation = take() else { return nil }
            digest.add(operation)
        }
        return digest
    }

    /// The next chunk; nil at the end.
    mutating func nextChunk() throws(BatchClientError) -> Chunk? {
        let first = total
        var operations: [BatchOperation] = []
        var bytes = 0
        while let candidate = next, operations.count < WireLimits.operationsPerChunk {
            try check(candidate)
            guard operations.isEmpty || bytes + candidate.data.count <= WireLimits.chunkBytes else { break }
            bytes += candidate.data.count
            digest.add(candidate)
            operations.append(candidate)
            _ = take()
        }
        return operations.isEmpty ? nil : Chunk(first: first, operations: operations, digest: digest)
    }

    private mutating func take() -> BatchOperation? {
        guard let operation = next else { return nil }
        next = iterator.next()
        total += 1
        return operation
    }

    private func check(_ operation: BatchOperation) throws(BatchClientError) {
        if operation.data.count > WireLimits.dataBytes {
            throw BatchClientError(
                .tooLarge,
                "operation \(total) has \(operation.data.count) bytes of data; at most \(WireLimits.dataBytes)")
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

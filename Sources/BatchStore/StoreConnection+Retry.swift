import BatchEngine
import BatchProgress
import GRDB

extension StoreConnection {
    /// Retries whose copying isn't over, each with the step that comes next: where to go on after a restart.
    ///
    /// - Parameter limit: how many operations a step copies at most.
    package func unfinishedRetries(limit: Int) throws -> [RetryCopy] {
        let retries = try all(
            """
            SELECT key, id, retry_of, copied, retries_lost_only FROM batches
            WHERE ended_at IS NULL AND retry_of IS NOT NULL AND NOT sealed AND NOT cancelling ORDER BY key
            """
        ) { row in
            (
                key: try row.next(as: Int64.self), to: try row.next { BatchID($0) },
                from: try row.next { BatchID($0) }, after: try row.optional(as: Int.self),
                lostOnly: try row.next(as: Bool.self)
            )
        }
        return try retries.map { retry in
            RetryCopy(
                from: retry.from, to: retry.to, after: retry.after, limit: limit,
                first: try extent(of: retry.key).total, lostOnly: retry.lostOnly)
        }
    }

    /// Does one step of a retry. A batch that was cancelled meanwhile is given nothing more.
    func copyFailed(_ copy: RetryCopy) throws -> CopiedOperations {
        precondition(copy.limit > 0, "a step that copies nothing would never end")
        let target = try requiredKey(of: copy.to)
        let extent = try extent(of: target)
        var copied = CopiedOperations(copy: copy, digest: extent.digest)
        guard try isOpen(target) else { return copied }
        guard copy.first == extent.total else {
            throw Contradiction("copies for '\(copy.to)' begin at \(copy.first), not at \(extent.total)")
        }
        guard let source = try key(of: copy.from) else {
            copied.isSourceForgotten = true
            return copied
        }
        let numbers = try failed(
            of: source, after: copy.after, limit: copy.limit + 1, lostOnly: copy.lostOnly
        ).map(\.operation)
        let operations = try load(numbers.prefix(copy.limit), of: source)
        guard !operations.isEmpty else { return copied }
        for operation in operations { copied.digest.add(operation) }
        try append(
            OperationChunk(first: copy.first, operations: operations, digest: copied.digest), to: target)
        let last = numbers[operations.count - 1]
        try execute("UPDATE batches SET copied = ? WHERE key = ?", [last, target])
        copied.types = operations.typeRuns
        if numbers.count > operations.count {
            copied.next = copy
            copied.next?.after = last
            copied.next?.first += operations.count
        }
        return copied
    }

    /// The first of these operations, as many as should be in memory at once.
    private func load(_ numbers: ArraySlice<Int>, of key: Int64) throws -> [BatchOperation] {
        var operations: [BatchOperation] = []
        var room = 4 << 20
        for number in numbers where room > 0 {
            let operation = try operation(number, of: key)
            room -= operation.data.count
            operations.append(operation)
        }
        return operations
    }

    private func isOpen(_ key: Int64) throws -> Bool {
        try one("SELECT ended_at IS NULL AND NOT cancelling AND NOT sealed FROM batches WHERE key = ?", [key])
        {
            try $0.next(as: Bool.self)
        } ?? false
    }
}

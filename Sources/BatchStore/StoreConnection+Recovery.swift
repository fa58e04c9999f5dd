import BatchEngine
import BatchProgress
import GRDB

extension StoreConnection {
    func recover() throws -> Recovery {
        let reserved = try one("SELECT reserved FROM revisions") { try $0.next(as: Int64.self) }
        guard let reserved else { throw Damage("no revision") }
        var recovery = Recovery(reservedRevision: reserved)
        for (key, record) in try records(where: "ended_at IS NULL ORDER BY key") {
            let grants = try grants(of: key, batch: record.request.id)
            recovery.batches.append(try recover(record, key: key, grants: grants))
            recovery.grants += grants
        }
        return recovery
    }

    private func recover(_ record: BatchRecord, key: Int64, grants: [Grant]) throws -> Recovery.Batch {
        let ended = try endedRanges(of: key)
        var batch = Recovery.Batch(
            record: record, types: try types(of: key), ended: ended, histories: try histories(of: key))
        if record.cancelling {
            // A copy that arrived after the batch was cancelled was never counted, and must not be.
            batch.types = batch.types.prefix(operations: record.total)
        } else {
            (batch.record.total, batch.record.digest) = try extent(of: key)
        }
        guard batch.types.reduce(0, { $0 + $1.count }) == batch.record.total else {
            throw Damage("operations of batch '\(record.request.id)' are missing")
        }
        for operation in grants.flatMap(\.operations)
        where batch.labels[operation] == nil && !ended.holds(operation) {
            batch.labels[operation] = try label(of: operation, in: key)
        }
        return batch
    }

    private func types(of key: Int64) throws -> [(type: String, count: Int)] {
        var types: [(type: String, count: Int)] = []
        try forEach("SELECT types FROM chunks WHERE batch = ? ORDER BY first", [key]) { row in
            for run in try StoredChunk.readTypes(try row.bytes()) {
                if types.last?.type == run.type {
                    types[types.count - 1].count += run.count
                } else {
                    types.append(run)
                }
            }
        }
        return types
    }
}

extension [(type: String, count: Int)] {
    fileprivate func prefix(operations limit: Int) -> Self {
        var rest = limit
        return compactMap { run in
            defer { rest -= Swift.min(run.count, rest) }
            return rest > 0 ? (run.type, Swift.min(run.count, rest)) : nil
        }
    }
}

extension [Range<Int>] {
    /// Whether one of these ranges, which rise, holds the number.
    fileprivate func holds(_ number: Int) -> Bool {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].upperBound <= number { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low].contains(number)
    }
}

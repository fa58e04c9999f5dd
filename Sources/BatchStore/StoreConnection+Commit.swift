import BatchEngine
import BatchProgress
import GRDB

extension StoreConnection {
    /// All or nothing.
    func commit(_ changes: [Change], loading grants: [Grant]) throws -> Committed {
        var committed = Committed()
        try database.inTransaction(.immediate) {
            let ended = try writeRecords(changes)
            for change in changes {
                if let copied = try apply(change) { committed.copies.append(copied) }
            }
            for id in ended {
                try dropWork(of: try requiredKey(of: id))
                caches.forgetKey(of: id)
            }
            committed.operations = try grants.map { grant in
                let key = try requiredKey(of: grant.batch)
                return try grant.operations.map { try operation($0, of: key) }
            }
            return .commit
        }
        return committed
    }

    /// Of each batch the last record alone, and before everything else: what a turn says of a new batch's
    /// operations comes before its record.
    ///
    /// - Returns: the batches that ended.
    private func writeRecords(_ changes: [Change]) throws -> [BatchID] {
        var last: [BatchID: BatchRecord] = [:]
        var order: [BatchID] = []
        for case .batch(let record) in changes {
            if last.updateValue(record, forKey: record.request.id) == nil { order.append(record.request.id) }
        }
        for id in order {
            if let record = last[id] { try write(record) }
        }
        return order.filter { last[$0]?.isEnded == true }
    }

    private func apply(_ change: Change) throws -> CopiedOperations? {
        switch change {
        case .batch: break
        case .operations(let chunk, let id): try append(chunk, to: try requiredKey(of: id))
        case .copyFailed(let copy): return try copyFailed(copy)
        case .granted(let grant): try write(grant)
        case .grantClosed(let grant): try close(grant)
        case .ended(let ended, let id): try write(ended, of: try requiredKey(of: id))
        case .history(let history, let operation, let id):
            try write(history, operation: operation, of: try requiredKey(of: id))
        case .revisionsReserved(let upTo): try execute("UPDATE revisions SET reserved = ?", [upTo])
        }
        return nil
    }
}

import BatchEngine
import BatchProgress
import GRDB

/// What is known of a batch that was accepted once.
package enum KnownBatch: Hashable, Sendable {
    case kept(BatchRecord)
    /// It ended so long ago that nothing more is known of it.
    case forgotten(BatchID, BatchStatus, endedAt: Timestamp)
}

/// What became of one operation.
package enum OperationAnswer: Hashable, Sendable {
    case ended(EndedOperations, label: String?)
    /// Its batch was cancelled before it was handed out.
    case cancelledBeforeStart(label: String?)
    case stillOpen(label: String?)
    /// Nothing is known of the batch, or it has no operation of that number.
    case noSuchOperation
}

extension StoreConnection {
    /// The batch as it was last committed; nil if none of that id was ever accepted.
    package func record(of id: BatchID) throws -> KnownBatch? {
        if let found = try records(where: "id = ?", [id.description]).first { return .kept(found.record) }
        return try one("SELECT status, ended_at FROM forgotten WHERE id = ?", [id.description]) { row in
            .forgotten(
                id, try row.next(BatchStatus.init(rawValue:)),
                endedAt: Timestamp(microseconds: try row.next()))
        }
    }

    /// Batches that have ended and whose last event has a later revision than this, by revision.
    package func ended(after revision: Int64, limit: Int) throws -> [BatchRecord] {
        try records(
            where: "ended_at IS NOT NULL AND revision > ? ORDER BY revision LIMIT ?", [revision, limit]
        ).map(\.record)
    }

    /// The batches that ended last, the newest first.
    package func recentlyEnded(limit: Int) throws -> [BatchRecord] {
        try records(where: "ended_at IS NOT NULL ORDER BY ended_at DESC, key DESC LIMIT ?", [limit]).map(
            \.record)
    }

    /// Operations that failed, by number, from the first above `after`. Empty for an unknown batch.
    package func failures(of id: BatchID, after: Int?, limit: Int) throws -> [BatchFailure] {
        guard let key = try key(of: id) else { return [] }
        return try failed(of: key, after: after, limit: limit).map { failed in
            BatchFailure(
                operation: failed.operation, label: try label(of: failed.operation, in: key),
                exitCode: failed.exitCode, message: failed.message ?? "failed")
        }
    }

    package func outcome(of id: BatchID, operation: Int) throws -> OperationAnswer {
        guard let (key, record) = try records(where: "id = ?", [id.description]).first,
            0..<record.total ~= operation
        else { return .noSuchOperation }
        let label = try label(of: operation, in: key)
        if let ended = try ending(of: operation, in: key) { return .ended(ended, label: label) }
        return record.isEnded ? .cancelledBeforeStart(label: label) : .stillOpen(label: label)
    }

    /// The digest over the first `total` operations; nil unless a chunk that was submitted ends there.
    package func digest(of id: BatchID, upTo total: Int) throws -> OperationDigest? {
        guard let key = try key(of: id) else { return nil }
        guard total > 0 else { return total == 0 ? OperationDigest() : nil }
        let found = try one(
            "SELECT first + count, digest FROM chunks WHERE batch = ? AND first < ? ORDER BY first DESC LIMIT 1",
            [key, total]
        ) { row in
            (end: try row.next(as: Int.self), bits: try row.optional(as: Int64.self))
        }
        guard let found, found.end == total else { return nil }
        return found.bits.map { OperationDigest(bits: $0) }
    }
}

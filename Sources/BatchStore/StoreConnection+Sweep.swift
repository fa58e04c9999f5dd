import BatchEngine
import BatchProgress
import GRDB

/// How long what ended is kept.
package struct Retention: Hashable, Sendable {
    package var completed: Duration = .seconds(86_400)
    /// Of batches that failed or were cancelled.
    package var failed: Duration = .seconds(7 * 86_400)

    package init() {}
}

extension StoreConnection {
    /// One step: forgets what is due, and deletes what forgotten batches left, `limit` rows at most.
    ///
    /// - Returns: whether there is more to do.
    func sweep(_ retention: Retention, at now: Timestamp, limit: Int) throws -> Bool {
        var budget = limit
        try database.inTransaction(.immediate) {
            while budget > 0, let key = try remaining() ?? forgetNext(retention, at: now) {
                budget -= try deleteRemains(of: key, limit: budget)
            }
            return .commit
        }
        return budget <= 0
    }

    private func remaining() throws -> Int64? {
        try one("SELECT batch FROM remains LIMIT 1") { try $0.next() }
    }

    /// First the batch as a whole is forgotten, so that nobody sees it with half its operations.
    private func forgetNext(_ retention: Retention, at now: Timestamp) throws -> Int64? {
        let due: [(BatchStatus, Timestamp)] = [
            (.completed, now - retention.completed), (.failed, now - retention.failed),
            (.cancelled, now - retention.failed),
        ]
        for (status, latest) in due {
            guard let key = try oldest(status, endedBy: latest) else { continue }
            try execute(
                "INSERT OR REPLACE INTO forgotten SELECT id, status, ended_at FROM batches WHERE key = ?",
                [key])
            try execute("INSERT INTO remains VALUES (?)", [key])
            try execute("DELETE FROM batches WHERE key = ?", [key])
            caches.clear()
            return key
        }
        return nil
    }

    /// Not one from which a retry still copies.
    private func oldest(_ status: BatchStatus, endedBy latest: Timestamp) throws -> Int64? {
        try one(
            """
            SELECT key FROM batches WHERE status = ? AND ended_at <= ? AND NOT EXISTS (
                SELECT 1 FROM batches AS retry
                WHERE retry.ended_at IS NULL AND retry.retry_of = batches.id AND NOT retry.sealed)
            ORDER BY ended_at LIMIT 1
            """, [status.rawValue, latest.microseconds]
        ) { try $0.next() }
    }

    /// - Returns: how many rows it deleted, at least 1.
    private func deleteRemains(of key: Int64, limit: Int) throws -> Int {
        var deleted = 0
        for table in ["endings", "chunks"] where deleted < limit {
            try execute(
                """
                DELETE FROM \(table) WHERE batch = ?1 AND first IN (
                    SELECT first FROM \(table) WHERE batch = ?1 ORDER BY first LIMIT ?2)
                """, [key, limit - deleted])
            deleted += database.changesCount
        }
        if deleted < limit { try execute("DELETE FROM remains WHERE batch = ?", [key]) }
        return max(deleted, 1)
    }
}

extension Timestamp {
    fileprivate static func - (moment: Timestamp, duration: Duration) -> Timestamp {
        Timestamp(microseconds: moment.microseconds - duration.microseconds)
    }
}

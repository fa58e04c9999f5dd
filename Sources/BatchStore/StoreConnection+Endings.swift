import BatchEngine
import BatchProgress
import Foundation
import GRDB

extension StoreConnection {
    /// Keeps how the operations ended, and nothing more of what they have been through.
    func write(_ ended: EndedOperations, of key: Int64) throws {
        let outcome = ended.outcome
        try execute(
            """
            INSERT INTO endings (batch, first, count, kind, exit_code, attempt, worker, at, message,
                output_total, error_total, output, error, lost)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                key, ended.operations.lowerBound, ended.operations.count, outcome.kind.rawValue,
                outcome.exitCode, ended.attempt, ended.worker, ended.at.microseconds, outcome.message,
                outcome.standardOutput?.totalBytes, outcome.standardError?.totalBytes,
                (outcome.standardOutput?.bytes).map { Data($0) },
                (outcome.standardError?.bytes).map { Data($0) }, outcome.workerWasLost,
            ])
        try execute(
            "DELETE FROM histories WHERE batch = ? AND operation >= ? AND operation < ?",
            [key, ended.operations.lowerBound, ended.operations.upperBound])
    }

    /// How the operation ended; nil if it hasn't. Of its run only the operation itself.
    func ending(of operation: Int, in key: Int64) throws -> EndedOperations? {
        let found = try one(
            """
            SELECT first, count, kind, exit_code, attempt, worker, at, message, output_total, error_total,
                output, error, lost
            FROM endings WHERE batch = ? AND first <= ? ORDER BY first DESC LIMIT 1
            """, [key, operation]
        ) { try $0.ended() }
        guard var ended = found, ended.operations.contains(operation) else { return nil }
        ended.operations = operation..<(operation + 1)
        return ended
    }

    /// All that ended, as ranges as long as they can be, in order.
    func endedRanges(of key: Int64) throws -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        try forEach("SELECT first, count FROM endings WHERE batch = ? ORDER BY first", [key]) { row in
            let run: Range<Int> = try row.run()
            if let last = ranges.last, last.upperBound == run.lowerBound {
                ranges[ranges.count - 1] = last.lowerBound..<run.upperBound
            } else {
                ranges.append(run)
            }
        }
        return ranges
    }

    /// Failed operations with numbers above `after`, in order; at most `limit`.
    func failed(
        of key: Int64, after: Int?, limit: Int, lostOnly: Bool = false
    ) throws -> [(operation: Int, exitCode: Int?, message: String?)] {
        guard after != .max else { return [] }
        let start = (after ?? -1) + 1
        var failed: [(operation: Int, exitCode: Int?, message: String?)] = []
        // The run that begins at or before the start may reach beyond it; those before it can't.
        try forEach(
            """
            SELECT first, count, exit_code, message FROM endings
            WHERE batch = ?1 AND kind = 'failed' AND first >= coalesce((
                SELECT max(first) FROM endings WHERE batch = ?1 AND kind = 'failed' AND first <= ?2), 0)
                AND lost >= ?4
            ORDER BY first LIMIT ?3
            """, [key, start, limit + 1, lostOnly]
        ) { row in
            let run: Range<Int> = try row.run()
            let (exitCode, message): (Int?, String?) = (try row.optional(), try row.optional())
            for operation in run.clamped(to: start..<max(start, run.upperBound)).prefix(limit - failed.count)
            {
                failed.append((operation, exitCode, message))
            }
        }
        return failed
    }
}

extension RowReader {
    /// Two columns, a run's first operation and how many there are.
    fileprivate mutating func run() throws -> Range<Int> {
        let (first, count): (Int, Int) = (try next(), try next())
        guard first >= 0, count > 0, count <= Int.max - first else { throw Damage("a run of \(count)") }
        return first..<(first + count)
    }

    fileprivate mutating func ended() throws -> EndedOperations {
        let run = try run()
        var outcome = OperationOutcome(kind: try next(OperationOutcome.Kind.init(rawValue:)))
        outcome.exitCode = try optional()
        let (attempt, worker): (Int, String?) = (try next(), try optional())
        let at = Timestamp(microseconds: try next())
        outcome.message = try optional()
        let (outputTotal, errorTotal): (Int64?, Int64?) = (try optional(), try optional())
        outcome.standardOutput = OperationOutput(bytes: try optionalBytes(), total: outputTotal)
        outcome.standardError = OperationOutput(bytes: try optionalBytes(), total: errorTotal)
        outcome.workerWasLost = try next()
        return EndedOperations(operations: run, outcome: outcome, attempt: attempt, worker: worker, at: at)
    }
}

extension OperationOutput {
    /// nil for a stream of which nothing was said. SQLite may give an empty blob back as none.
    fileprivate init?(bytes: [UInt8]?, total: Int64?) {
        guard let total else { return nil }
        self.init(bytes: bytes ?? [], totalBytes: total)
    }
}

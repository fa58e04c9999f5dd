import BatchEngine
import BatchProgress
import Foundation
import GRDB

extension StoreConnection {
    func write(_ grant: Grant) throws {
        try execute(
            "INSERT INTO grants (id, batch, session, type, attempt, operations) VALUES (?, ?, ?, ?, ?, ?)",
            [
                grant.id, try requiredKey(of: grant.batch), grant.session.description, grant.type,
                grant.attempt, Data(grant.operations.packed),
            ])
    }

    func close(_ grant: GrantID) throws {
        try execute("DELETE FROM grants WHERE id = ?", [grant])
    }

    func grants(of key: Int64, batch: BatchID) throws -> [Grant] {
        try all(
            "SELECT id, session, type, attempt, operations FROM grants WHERE batch = ? ORDER BY id", [key]
        ) { row in
            Grant(
                id: try row.next(), session: try row.next { SessionID($0) }, batch: batch,
                type: try row.next(), attempt: try row.next(), operations: try [Int](packed: try row.bytes()))
        }
    }

    func write(_ history: OperationHistory, operation: Int, of key: Int64) throws {
        try execute(
            """
            INSERT OR REPLACE INTO histories (batch, operation, failures, losses, withdrawn, not_before)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                key, operation, history.failures, history.losses, history.withdrawnAttempts,
                history.notBefore?.microseconds,
            ])
    }

    func histories(of key: Int64) throws -> [Int: OperationHistory] {
        var histories: [Int: OperationHistory] = [:]
        try forEach(
            "SELECT operation, failures, losses, withdrawn, not_before FROM histories WHERE batch = ?", [key]
        ) { row in
            histories[try row.next()] = OperationHistory(
                failures: try row.next(), losses: try row.next(), withdrawnAttempts: try row.next(),
                notBefore: try row.optionalTime())
        }
        return histories
    }

    /// Nobody works on a batch that ended.
    func dropWork(of key: Int64) throws {
        try execute("DELETE FROM grants WHERE batch = ?", [key])
        try execute("DELETE FROM histories WHERE batch = ?", [key])
    }
}

extension [Int] {
    /// Neighbours as first and count; the order stays.
    fileprivate var packed: [UInt8] {
        var writer = ByteWriter()
        var rest = self[...]
        while let first = rest.first {
            let count = rest.enumerated().prefix { index, number in number == first + index }.count
            writer.write(first)
            writer.write(count)
            rest = rest.dropFirst(count)
        }
        return writer.bytes
    }

    fileprivate init(packed bytes: [UInt8]) throws {
        self = []
        var reader = ByteReader(bytes)
        while !reader.isAtEnd {
            let (first, count) = (try reader.number(), try reader.number())
            guard count <= 1_000_000 else { throw Damage("a grant of \(count) operations") }
            append(contentsOf: first..<(first + count))
        }
    }
}

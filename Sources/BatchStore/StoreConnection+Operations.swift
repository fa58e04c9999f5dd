import BatchEngine
import BatchProgress
import Foundation
import GRDB

extension StoreConnection {
    /// Writes the chunk, as several rows if it is large; its digest goes with the last.
    func append(_ chunk: OperationChunk, to key: Int64) throws {
        var first = chunk.first
        let end = chunk.first + chunk.operations.count
        for operations in chunk.operations.rows {
            let columns = ChunkColumns(operations)
            let isLast = first + columns.count == end
            let digest: Int64? = isLast ? Int64(bitPattern: chunk.digest.value) : nil
            try execute(
                """
                INSERT INTO chunks (batch, first, count, digest, types, lengths, bytes)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    key, first, columns.count, digest, Data(columns.types), Data(columns.lengths),
                    Data(columns.bytes),
                ])
            first += columns.count
        }
    }

    func operation(_ number: Int, of key: Int64) throws -> BatchOperation {
        try chunk(of: key, with: number).operation(number)
    }

    func label(of number: Int, in key: Int64) throws -> String? {
        try chunk(of: key, with: number).label(of: number)
    }

    private func chunk(of key: Int64, with number: Int) throws -> StoredChunk {
        if let chunk = caches.chunk(of: key, with: number) { return chunk }
        let read = try one(
            """
            SELECT first, count, types, lengths, bytes FROM chunks
            WHERE batch = ? AND first <= ? ORDER BY first DESC LIMIT 1
            """, [key, number]
        ) { row in
            try StoredChunk(
                first: row.next(), count: row.next(), types: row.bytes(), lengths: row.bytes(),
                bytes: row.bytes())
        }
        guard let chunk = read, chunk.operations.contains(number) else {
            throw Damage("operation \(number) is missing")
        }
        caches.keep(chunk, of: key)
        return chunk
    }

    /// How many operations there are, and the digest over all of them. A chunk and the record that counts
    /// it come in one transaction, but for copies, of which the engine learns later: so this is what counts.
    func extent(of key: Int64) throws -> (total: Int, digest: OperationDigest) {
        let last = try one(
            "SELECT first + count, digest FROM chunks WHERE batch = ? ORDER BY first DESC LIMIT 1", [key]
        ) { row in
            (total: try row.next(as: Int.self), digest: OperationDigest(bits: try row.next()))
        }
        return last ?? (0, OperationDigest())
    }
}

extension OperationDigest {
    init(bits: Int64) {
        self.init(value: UInt64(bitPattern: bits))
    }
}

import BatchEngine
import BatchProgress
import Foundation
import GRDB

extension StoreConnection {
    /// The columns of a record, in the order in which it is read and written.
    private static let columns = """
        id, label, actor, interface, lane, retries, on_lost, attended, status, retry_of, total, completed, \
        failed, cancelled, retried, digest, sealed, paused, cancelling, created_at, started_at, updated_at, \
        ended_at, revision, errors, lost, retries_lost_only, \
        private, on_end
        """

    private static let write: String = {
        let names = columns.split(separator: ", ")
        let places = names.map { _ in "?" }.joined(separator: ", ")
        let updates = names.dropFirst().map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        return "INSERT INTO batches (\(columns)) VALUES (\(places)) ON CONFLICT (id) DO UPDATE SET \(updates)"
    }()

    func write(_ record: BatchRecord) throws {
        let request = record.request
        let errors = try json(record.errors.isEmpty ? nil : record.errors)
        try execute(
            Self.write,
            [
                request.id.description, request.label, request.actor, request.interface, request.lane,
                request.retries, request.onLost.rawValue, request.attended, record.status.rawValue,
                record.retryOf?.description, record.total, record.completed, record.failed, record.cancelled,
                record.retried, Int64(bitPattern: record.digest.value), record.sealed, record.paused,
                record.cancelling, record.createdAt.microseconds, record.startedAt?.microseconds,
                record.updatedAt.microseconds, record.endedAt?.microseconds, record.revision, errors,
                record.lost, record.retriesLostOnly, request.isPrivate,
                try json(request.onEnd),
            ])
    }

    private func json(_ value: (some Encodable)?) throws -> String? {
        try value.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
    }

    /// The records that match, in the order that `rest` asks for, with the keys of their batches.
    func records(
        where rest: String, _ arguments: StatementArguments = []
    ) throws -> [(key: Int64, record: BatchRecord)] {
        try all("SELECT key, \(Self.columns) FROM batches WHERE \(rest)", arguments) { row in
            (key: try row.next(), record: try row.record())
        }
    }

    func key(of id: BatchID) throws -> Int64? {
        if let key = caches.key(of: id) { return key }
        let key = try one("SELECT key FROM batches WHERE id = ?", [id.description]) {
            try $0.next(as: Int64.self)
        }
        if let key { caches.keep(key, of: id) }
        return key
    }

    /// The key of a batch that has to be there.
    func requiredKey(of id: BatchID) throws -> Int64 {
        guard let key = try key(of: id) else { throw Contradiction("batch '\(id)' is not in the store") }
        return key
    }
}

extension RowReader {
    fileprivate mutating func record() throws -> BatchRecord {
        let request = try request()
        let status = try next(BatchStatus.init(rawValue:))
        let retryOf = try optional(as: String.self).map { try Self.batchID($0) }
        var record = BatchRecord(request: request, retryOf: retryOf, createdAt: Timestamp(microseconds: 0))
        record.status = status
        record.total = try next()
        record.completed = try next()
        record.failed = try next()
        record.cancelled = try next()
        record.retried = try next()
        record.digest = OperationDigest(bits: try next())
        record.sealed = try next()
        record.paused = try next()
        record.cancelling = try next()
        record.createdAt = Timestamp(microseconds: try next())
        record.startedAt = try optionalTime()
        record.updatedAt = Timestamp(microseconds: try next())
        record.endedAt = try optionalTime()
        record.revision = try next()
        record.errors = try optionalJSON() ?? []
        record.lost = try next()
        record.retriesLostOnly = try next()
        record.request.isPrivate = try next()
        record.request.onEnd = try optionalJSON()
        return record
    }

    private mutating func request() throws -> BatchRequest {
        BatchRequest(
            id: try next { BatchID($0) }, label: try optional(), actor: try optional(),
            interface: try optional(), lane: try optional(), retries: try next(),
            onLost: try next(LossPolicy.init(rawValue:)), attended: try next())
    }

    private mutating func optionalJSON<Value: Decodable>() throws -> Value? {
        guard let text = try optional(as: String.self) else { return nil }
        let decoder = JSONDecoder()
        decoder.userInfo[JSONValue.textKey] = Array(text.utf8)
        return try decoder.decode(Value.self, from: Data(text.utf8))
    }

    mutating func optionalTime() throws -> Timestamp? {
        try optional(as: Int64.self).map { Timestamp(microseconds: $0) }
    }

    private static func batchID(_ text: String) throws -> BatchID {
        guard let id = BatchID(text) else { throw Damage("'\(text.prefix(40))' is no batch's id") }
        return id
    }
}

import BatchEngine
import BatchProgress
import BatchStore
import Foundation
import Testing

/// A folder of its own for one test, gone afterwards.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = NSTemporaryDirectory() + "batch-store-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}

func withFolderAsync(_ body: (String) async throws -> Void) async throws {
    let folder = NSTemporaryDirectory() + "batch-store-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await body(folder)
}

func withStorePath<Result>(_ body: (String) throws -> Result) throws -> Result {
    try withFolder { try body($0 + "/tally.db") }
}

func withStore<Result>(_ body: (BatchStore) throws -> Result) throws -> Result {
    try withStorePath { try body(try BatchStore(path: $0)) }
}

func batchID(_ text: String) -> BatchID {
    guard let id = BatchID(text) else { preconditionFailure("'\(text)' is no id") }
    return id
}

func sessionID(_ text: String) -> SessionID {
    guard let id = SessionID(text) else { preconditionFailure("'\(text)' is no id") }
    return id
}

func time(_ seconds: Int64) -> Timestamp {
    Timestamp(microseconds: seconds * 1_000_000)
}

func makeOperations(
    _ numbers: Range<Int>, type: String = "work", size: Int = 8
) -> [BatchOperation] {
    numbers.map { number in
        let text = Array("data \(number) ".utf8)
        let filling = [UInt8](repeating: UInt8(number & 0xff), count: max(0, size - text.count))
        return BatchOperation(
            type: type, data: text + filling, label: number % 3 == 0 ? nil : "label \(number)")
    }
}

func makeChunk(
    first: Int = 0, _ operations: [BatchOperation], after digest: OperationDigest = OperationDigest()
) -> OperationChunk {
    var digest = digest
    for operation in operations { digest.add(operation) }
    return OperationChunk(first: first, operations: operations, digest: digest)
}

func makeRecord(_ id: String, total: Int = 0, digest: OperationDigest = OperationDigest()) -> BatchRecord {
    var record = BatchRecord(request: BatchRequest(id: batchID(id)), createdAt: time(1))
    record.total = total
    record.digest = digest
    return record
}

extension BatchRecord {
    /// This record, ended.
    func ended(_ status: BatchStatus, at moment: Timestamp, revision: Int64 = 1) -> BatchRecord {
        var record = self
        record.status = status
        record.sealed = true
        record.endedAt = moment
        record.revision = revision
        return record
    }
}

func makeEnded(
    _ operations: Range<Int>, _ kind: OperationOutcome.Kind = .completed, message: String? = nil,
    workerWasLost: Bool = false
) -> EndedOperations {
    EndedOperations(
        operations: operations,
        outcome: OperationOutcome(kind: kind, message: message, workerWasLost: workerWasLost), attempt: 1,
        worker: workerWasLost ? nil : "worker", at: time(5))
}

/// Commits a batch that ended, in which these operations failed and all others completed.
func commitEnded(
    _ id: String, total: Int, failed: [Range<Int>] = [], at moment: Timestamp = time(10), in store: BatchStore
) throws {
    let chunk = makeChunk(makeOperations(0..<total))
    var record = makeRecord(id, total: total, digest: chunk.digest)
    record.failed = failed.reduce(0) { $0 + $1.count }
    record.completed = total - record.failed
    var endings: [EndedOperations] = []
    var start = 0
    for run in failed {
        if start < run.lowerBound { endings.append(makeEnded(start..<run.lowerBound)) }
        endings.append(makeEnded(run, .failed, message: "broke"))
        start = run.upperBound
    }
    if start < total { endings.append(makeEnded(start..<total)) }
    let status: BatchStatus = failed.isEmpty ? .completed : .failed
    _ = try store.commit(
        [.operations(chunk, of: batchID(id))] + endings.map { .ended($0, of: batchID(id)) }
            + [.batch(record.ended(status, at: moment))], loading: [])
}

/// All of a recovery, so that two can be compared.
struct RecoverySummary: Equatable {
    struct TypeRun: Equatable {
        var type: String
        var count: Int
    }
    struct Batch: Equatable {
        var record: BatchRecord
        var types: [TypeRun]
        var ended: [Range<Int>] = []
        var histories: [Int: OperationHistory] = [:]
        var labels: [Int: String] = [:]
    }

    var batches: [Batch] = []
    var grants: [Grant] = []
    var reservedRevision: Int64 = 0
}

extension RecoverySummary {
    init(_ recovery: Recovery) {
        batches = recovery.batches.map { batch in
            Batch(
                record: batch.record, types: batch.types.map { TypeRun(type: $0.type, count: $0.count) },
                ended: batch.ended, histories: batch.histories, labels: batch.labels)
        }
        grants = recovery.grants
        reservedRevision = recovery.reservedRevision
    }
}

func fileSize(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (attributes[.size] as? Int) ?? 0
}

extension BatchStore {
    func known(_ id: String) throws -> KnownBatch? {
        try ask { try $0.record(of: batchID(id)) }
    }

    func failures(_ id: String, after: Int? = nil, limit: Int = 1_000) throws -> [BatchFailure] {
        try ask { try $0.failures(of: batchID(id), after: after, limit: limit) }
    }

    func outcome(_ id: String, _ operation: Int) throws -> OperationAnswer {
        try ask { try $0.outcome(of: batchID(id), operation: operation) }
    }

    func digest(_ id: String, upTo total: Int) throws -> OperationDigest? {
        try ask { try $0.digest(of: batchID(id), upTo: total) }
    }
}

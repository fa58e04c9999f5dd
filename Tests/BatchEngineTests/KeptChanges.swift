import BatchEngine
import BatchProgress

/// What is durable, as plainly as it can be said.
struct KeptChanges {
    private struct Batch {
        var record: BatchRecord
        var types: [(type: String, count: Int)] = []
        var digest = OperationDigest()
        var ended: [EndedOperations] = []
        var histories: [Int: OperationHistory] = [:]
    }

    private var batches: [BatchID: Batch] = [:]
    private var early: [(OperationChunk, BatchID)] = []
    private(set) var grants: [GrantID: Grant] = [:]
    private(set) var reserved: Int64 = 0
    private(set) var copies: [RetryCopy] = []

    mutating func keep(_ change: Change) {
        switch change {
        case .batch(let record):
            let id = record.request.id
            batches[id, default: Batch(record: record)].record = record
            // A batch's record comes after its operations in one turn.
            for (chunk, _) in early where batches[id] != nil { append(chunk, to: id) }
            early = early.filter { $0.1 != id }
        case .operations(let chunk, let id):
            if batches[id] == nil { early.append((chunk, id)) } else { append(chunk, to: id) }
        case .copyFailed(let copy): copies.append(copy)
        case .granted(let grant): grants[grant.id] = grant
        case .grantClosed(let id): grants[id] = nil
        case .ended(let ended, let id):
            batches[id]?.ended.append(ended)
            for number in ended.operations { batches[id]?.histories[number] = nil }
        case .history(let history, let number, let id): batches[id]?.histories[number] = history
        case .revisionsReserved(let revision): reserved = revision
        }
    }

    /// A step of a retry is committed, though the engine doesn't know yet.
    mutating func copied(_ types: [(type: String, count: Int)], digest: OperationDigest, to id: BatchID) {
        batches[id]?.types += types
        batches[id]?.digest = digest
    }

    var recovery: Recovery {
        let active = batches.values.filter { !$0.record.isEnded }
        return Recovery(
            batches: active.map { batch in
                var record = batch.record
                record.digest = batch.digest
                return Recovery.Batch(
                    record: record, types: batch.types, ended: batch.ended.map(\.operations),
                    histories: batch.histories)
            },
            grants: grants.values.filter { grant in active.contains { $0.record.request.id == grant.batch } },
            reservedRevision: reserved)
    }

    func record(of id: BatchID) -> BatchRecord? { batches[id]?.record }

    func ended(_ id: BatchID) -> [EndedOperations] { batches[id]?.ended ?? [] }

    private mutating func append(_ chunk: OperationChunk, to id: BatchID) {
        batches[id]?.types += chunk.operations.typeRuns
        batches[id]?.digest = chunk.digest
    }
}

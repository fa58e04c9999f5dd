import BatchEngine
import BatchProgress

/// What survives, as plainly as it can be said: the specification of the real store.
protocol SimulatedStore: AnyObject {
    /// All of it or nothing. Returns what retry copies did, and the operations of the grants.
    func commit(_ changes: [Change], loading grants: [Grant]) throws -> CommittedChanges
    func recover() throws -> Recovery
    func record(of id: BatchID) throws -> BatchRecord?
    func ended(after revision: Int64) throws -> [BatchRecord]
    func unfinishedRetries() throws -> [RetryCopy]
    /// What is kept of how operations ended: each with its range.
    func endings(of id: BatchID) throws -> [EndedOperations]
}

struct CommittedChanges {
    struct Copy {
        var copy: RetryCopy
        var types: [(type: String, count: Int)]
        var digest: OperationDigest
        /// The step after this one; nil if it was the last.
        var next: RetryCopy?
    }

    /// Of each grant that was to be loaded, in their order.
    var operations: [[BatchOperation]] = []
    var copies: [Copy] = []
}

final class ModelStore: SimulatedStore {
    private struct Batch {
        var record: BatchRecord
        var operations: [BatchOperation] = []
        /// Not of `operations`: those of a private batch are without their labels.
        var digest = OperationDigest()
        var endings: [EndedOperations] = []
        var histories: [Int: OperationHistory] = [:]
        /// For a batch that retries another: the last operation copied so far.
        var lastCopied: Int?
    }

    private var batches: [BatchID: Batch] = [:]
    private var grants: [GrantID: Grant] = [:]
    private var reserved: Int64 = 0

    func commit(_ changes: [Change], loading: [Grant]) -> CommittedChanges {
        var committed = CommittedChanges()
        // A batch's record may come after its operations in one commit.
        for case .batch(let record) in changes {
            batches[record.request.id, default: Batch(record: record)].record = record
        }
        for change in changes { apply(change, &committed) }
        committed.operations = loading.map { grant in
            grant.operations.compactMap { batches[grant.batch]?.operations[$0] }
        }
        return committed
    }

    func recover() -> Recovery {
        let active = batches.values.filter { !$0.record.isEnded }
        return Recovery(
            batches: active.map { batch in
                var record = batch.record
                record.digest = batch.digest
                return Recovery.Batch(
                    record: record, types: batch.operations.typeRuns,
                    ended: batch.endings.map(\.operations), histories: batch.histories, labels: [:])
            },
            grants: grants.values.filter { grant in active.contains { $0.record.request.id == grant.batch } },
            reservedRevision: reserved)
    }

    func record(of id: BatchID) -> BatchRecord? { batches[id]?.record }

    func ended(after revision: Int64) -> [BatchRecord] {
        batches.values.map(\.record).filter { $0.isEnded && $0.revision > revision }
    }

    func unfinishedRetries() -> [RetryCopy] {
        batches.values.compactMap { batch in
            guard let from = batch.record.retryOf, !batch.record.sealed, !batch.record.isEnded else {
                return nil
            }
            return RetryCopy(
                from: from, to: batch.record.request.id, after: batch.lastCopied, limit: 3,
                first: batch.operations.count, lostOnly: batch.record.retriesLostOnly)
        }
    }

    func endings(of id: BatchID) -> [EndedOperations] { batches[id]?.endings ?? [] }

    private func apply(_ change: Change, _ committed: inout CommittedChanges) {
        switch change {
        case .batch: break
        case .operations(let chunk, let id):
            batches[id]?.operations += chunk.operations
            batches[id]?.digest = chunk.digest
        case .granted(let grant): grants[grant.id] = grant
        case .grantClosed(let id): grants[id] = nil
        case .revisionsReserved(let revision): reserved = revision
        case .history(let history, let number, let id): batches[id]?.histories[number] = history
        case .ended(let ended, let id):
            for number in ended.operations { batches[id]?.histories[number] = nil }
            batches[id]?.endings.append(ended)
        case .copyFailed(let copy): committed.copies.append(self.copy(copy))
        }
    }

    private func copy(_ copy: RetryCopy) -> CommittedChanges.Copy {
        let failed = (batches[copy.from]?.endings ?? [])
            .filter { $0.outcome.kind == .failed && ($0.outcome.workerWasLost || !copy.lostOnly) }
            .flatMap { Array($0.operations) }.sorted()
            .filter { $0 > copy.after ?? -1 }
        let numbers = failed.prefix(copy.limit)
        let operations = numbers.compactMap { batches[copy.from]?.operations[$0] }
        var digest = batches[copy.to]?.digest ?? OperationDigest()
        for operation in operations { digest.add(operation) }
        batches[copy.to]?.digest = digest
        batches[copy.to]?.operations += operations
        batches[copy.to]?.lastCopied = numbers.last ?? copy.after
        var next = copy
        next.after = numbers.last ?? copy.after
        next.first += operations.count
        return CommittedChanges.Copy(
            copy: copy, types: operations.typeRuns, digest: digest,
            next: failed.count <= copy.limit ? nil : next)
    }
}

import BatchEngine
import BatchProgress
import BatchProtocol
import BatchStore
import ZeroMQ

/// Requests that only ask. Their answers wait in line as well, so that nobody is told what isn't durable.
extension Coordinator {
    func status(of id: BatchID, _ client: ClientRequest, _ engine: BatchEngine) {
        if let detail = detail(of: id, engine) { return answer(client, detail) }
        ask(client) { store in
            guard let known = try store.record(of: id) else {
                throw Refusal.unknownBatch(id)
            }
            return BatchDetail(try known.record())
        }
    }

    /// The active ones, and those that ended last if asked for; the newest first.
    func list(withEnded: Bool, _ client: ClientRequest, _ engine: BatchEngine) {
        let active = engine.activeEvents.compactMap { detail(of: $0.batchId, engine) }
            .sorted { $0.createdAt > $1.createdAt }
        guard withEnded else {
            return answer(client, ListAnswer(batches: Array(active.prefix(WireLimits.listedBatches))))
        }
        ask(client) { store in
            let ended = try store.recentlyEnded(limit: WireLimits.listedBatches)
            let known = Set(active.map(\.event.batchId))
            let all = active + ended.filter { !known.contains($0.request.id) }.map { BatchDetail($0) }
            return ListAnswer(batches: Array(all.prefix(WireLimits.listedBatches)))
        }
    }

    /// The newest event of each active batch, and of those that ended after `since`.
    func snapshot(since: Int64?, _ client: ClientRequest, _ engine: BatchEngine) {
        let active = engine.activeEvents
        let header = SnapshotAnswer(epoch: epoch, revision: engine.revision, next: nil)
        guard let since else { return answer(client, header, SnapshotAnswer.frames(active)) }
        pending.effects.append(
            .ask(client) { store in
                let ended = try store.ended(after: since, limit: WireLimits.listedBatches)
                var header = header
                // What came after this snapshot's revision is told by events.
                let told = ended.filter { $0.revision <= header.revision }
                if told.count == WireLimits.listedBatches { header.next = told.last?.revision }
                let (answer, frames) = (header, SnapshotAnswer.frames(active + told.map(\.event)))
                return { coordinator in
                    coordinator.turn { _, _ in coordinator.answer(client, answer, frames) }
                }
            })
    }

    func failures(_ request: FailuresRequest, _ client: ClientRequest) {
        let limit = min(max(request.limit ?? 100, 1), WireLimits.listedOperations)
        ask(client) { store in
            guard let known = try store.record(of: request.batch) else {
                throw Refusal.unknownBatch(request.batch)
            }
            _ = try known.record()
            return FailuresAnswer(
                failures: try store.failures(of: request.batch, after: request.after, limit: limit))
        }
    }

    /// What became of an operation, and what it printed.
    func logs(_ reference: OperationReference, _ client: ClientRequest, _ engine: BatchEngine) {
        let state = engine.state(of: reference.operation, of: reference.batch)
        pending.effects.append(
            .ask(client) { store in
                let found = try store.outcome(of: reference.batch, operation: reference.operation)
                guard let (header, frames) = LogsAnswer.answer(found, open: state) else {
                    let known = try store.record(of: reference.batch)
                    return { $0.refuse(client, .noOperation(reference, of: known)) }
                }
                return { coordinator in
                    coordinator.turn { _, _ in coordinator.answer(client, header, frames) }
                }
            })
    }

    private func ask(
        _ client: ClientRequest,
        _ body: @escaping @Sendable (StoreConnection) throws -> some Codable & Sendable
    ) {
        pending.effects.append(
            .ask(client) { store in
                do {
                    let found = try body(store)
                    return { coordinator in coordinator.turn { _, _ in coordinator.answer(client, found) } }
                } catch let refusal as Refusal {
                    return { coordinator in coordinator.refuse(client, WireError(refusal)) }
                } catch let error as WireError {
                    return { coordinator in coordinator.refuse(client, error) }
                }
            })
    }

    private func detail(of id: BatchID, _ engine: BatchEngine) -> BatchDetail? {
        guard let record = engine.record(of: id), let event = engine.present(id) else { return nil }
        var detail = BatchDetail(record)
        detail.event = event
        detail.firstOpenOperation = engine.firstOpenOperation(of: id)
        let types = engine.typesWithoutWorker(of: id)
        detail.typesWithoutWorker = types.isEmpty ? nil : types
        return detail
    }
}

extension BatchDetail {
    init(_ record: BatchRecord) {
        self.init(
            event: record.event, actor: record.request.actor, interface: record.request.interface,
            lane: record.request.lane,
            retryOf: record.retryOf, lostOperations: record.lost == 0 ? nil : record.lost,
            onEnd: record.request.onEnd.map { _ in record.request.id.onEnd },
            createdAt: record.createdAt, endedAt: record.endedAt,
            sealed: record.sealed,
            typesWithoutWorker: nil)
    }
}

extension SnapshotAnswer {
    /// Events as they follow the header: arrays of some hundred, so that no frame grows too large.
    fileprivate static func frames(_ events: [BatchProgressEvent]) -> [Frame] {
        stride(from: 0, to: events.count, by: 500).map { first in
            WireFormat.encode(Array(events[first..<min(first + 500, events.count)]))
        }
    }
}

extension WireError {
    /// What is missing is the batch, or else one of its operations.
    fileprivate static func noOperation(_ reference: OperationReference, of known: KnownBatch?) -> WireError {
        let (id, number) = (reference.batch, reference.operation)
        guard let known else { return WireError(Refusal.unknownBatch(id)) }
        do throws(WireError) {
            let total = try known.record().total
            let numbers = total == 0 ? "" : ": they are 0 to \(total - 1)"
            return WireError(.unknownOperation, "batch '\(id)' has no operation \(number)\(numbers)")
        } catch {
            return error
        }
    }
}

extension LogsAnswer {
    /// Nil if there is no such operation.
    fileprivate static func answer(_ found: OperationAnswer, open state: String?) -> (LogsAnswer, [Frame])? {
        switch found {
        case .noSuchOperation: return nil
        case .stillOpen(let label): return (LogsAnswer(state: state ?? "waiting", label: label), [])
        case .cancelledBeforeStart(let label): return (LogsAnswer(state: "cancelled", label: label), [])
        case .ended(let ended, let label):
            let outcome = ended.outcome
            let header = LogsAnswer(
                state: outcome.kind.rawValue, label: label, exitCode: outcome.exitCode,
                message: outcome.message,
                worker: ended.worker, attempt: ended.attempt, endedAt: ended.at,
                standardOutputBytes: outcome.standardOutput?.totalBytes ?? 0,
                standardErrorBytes: outcome.standardError?.totalBytes ?? 0)
            return (header, [outcome.standardOutput?.bytes ?? [], outcome.standardError?.bytes ?? []])
        }
    }
}

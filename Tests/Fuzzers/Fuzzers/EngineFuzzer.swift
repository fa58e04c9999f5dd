import BatchEngine
import BatchProgress
import BatchProtocol

extension Fuzzer {
    /// The same rules with choices for bytes, so that long histories are tried: whatever the decoders let through may
    /// stand in a message.
    static let engine = Fuzzer(name: "engine") { bytes in
        var choices = Choices(bytes)
        let coordinator = FuzzedCoordinator()
        while !choices.isEmpty {
            switch choices.below(12) {
            case 0:
                coordinator.wait(
                    milliseconds: choices.one(of: [0, 1, 400, 600, 3000, 6000, 20_000, 4_000_000]))
            case 1: coordinator.restart()
            case 2...4: coordinator.receive(choices.request(coordinator))
            case 5, 6: try? coordinator.receive(choices.workerMessage())
            case 7: try? coordinator.receive(choices.report())
            default: if let report = choices.fittingReport(coordinator) { try? coordinator.receive(report) }
            }
        }
    }
}

extension Choices {
    fileprivate mutating func session() -> String { one(of: ["s", "t", "u", "u", "", "-"]) }
    fileprivate mutating func type() -> String { one(of: ["x", "x", "y", "z", "w", "no-op", ""]) }
    fileprivate mutating func lane() -> String? { one(of: [nil, nil, nil, "a", "b"]) }
    fileprivate mutating func actor() -> String? { one(of: [nil, "ann", ""]) }

    // MARK: Control

    /// What a careful client says next, or anything.
    fileprivate mutating func request(_ coordinator: FuzzedCoordinator) -> ControlRequest {
        let id = batch()
        let known = coordinator.engine.record(of: id)
        switch below(12) {
        case 0, 1: return ControlRequest(id: 1, .open(openRequest(id)))
        case 2...4: return add(to: id, at: known?.total)
        case 5, 6:
            let total = known?.total ?? number()
            return ControlRequest(id: 1, .seal(SealRequest(batch: id, total: total, digest: nil)))
        case 7: return ControlRequest(id: 1, .cancel(SteeringRequest(batch: id)))
        case 8: return ControlRequest(id: 1, .pause(SteeringRequest(batch: id)))
        case 9: return ControlRequest(id: 1, .resume(SteeringRequest(batch: id)))
        case 10:
            let lost: Bool? = one(of: [nil, false, true])
            let retry = RetryRequest(batch: id, as: batch(), lost: lost, actor: actor(), interface: nil)
            return ControlRequest(id: 1, .retry(retry))
        default: return ControlRequest(id: 1, question(id))
        }
    }

    private mutating func openRequest(_ id: BatchID) -> BatchRequest {
        BatchRequest(
            id: id, label: actor(), actor: actor(), lane: lane(), retries: one(of: [0, 1, 2, 100, -1, .max]),
            onLost: one(of: [.retry, .fail]), attended: chance(oneIn: 4), isPrivate: chance(oneIn: 4),
            onEnd: maybe { EndAction(type: $0.type(), data: $0.endData()) })
    }

    private mutating func endData() -> [String: JSONValue] {
        one(of: [
            [:], ["shell": "true"], ["event": 1], ["a": .number(share()), "b": .integer(Int64(number()))],
        ])
    }

    private mutating func add(to id: BatchID, at total: Int?) -> ControlRequest {
        let runs = list(upTo: 4) {
            ChunkHeader.TypeRun(type: $0.type(), count: $0.one(of: [1, 2, 3, 60, 0, -1, .max]))
        }
        // Such as a client would send, unless one that lies.
        let count = runs.reduce(0) { $0 + min(max(0, $1.count), 1001) } + one(of: [0, 0, 0, 1])
        let labels: [String?]? = maybe { choices in (0..<count).map { _ in choices.actor() } }
        let first = chance(oneIn: 8) ? number() : total ?? 0
        let header = ChunkHeader(batch: id, first: first, types: runs, labels: labels, digest: nil)
        return ControlRequest(id: 1, .add(header), data: Array(repeating: [1], count: count))
    }

    private mutating func question(_ id: BatchID) -> ControlRequest.Verb {
        switch below(7) {
        case 0: .attend(AttendRequest(batches: [id, batch()]))
        case 1: .status(BatchReference(batch: id))
        case 2: .operations(OptionalBatchReference(batch: maybe { _ in id }))
        case 3: .workers
        case 4: .snapshot(SnapshotRequest(since: Int64(number())))
        case 5: .logs(OperationReference(batch: id, operation: number()))
        default: .failures(FailuresRequest(batch: id, after: number(), limit: number()))
        }
    }

    // MARK: Workers

    fileprivate mutating func workerMessage() -> WorkerMessage {
        let session = session()
        switch below(6) {
        case 0, 1, 2:
            let ready = WorkerMessage.Ready(
                worker: "w", types: ["x", "y", "no-op"], lane: lane(),
                slots: one(of: [1, 2, 10_000, 0, number()]),
                capacity: one(of: [0, 1, 4, 100, 100_000, number()]), holds: list(upTo: 2) { $0.held() })
            return WorkerMessage(session: session, .ready(ready))
        case 3: return WorkerMessage(session: session, .heartbeat(capacity: maybe { $0.number() }))
        case 4:
            return WorkerMessage(
                session: session,
                .release(
                    .init(
                        batch: batch(), attempt: maybe { $0.below(4) },
                        operations: list(upTo: 4) { $0.number() })))
        default: return WorkerMessage(session: session, .goodbye)
        }
    }

    private mutating func held() -> HeldOperations {
        HeldOperations(batch: batch(), attempt: number(), operations: list(upTo: 4) { $0.number() })
    }

    fileprivate mutating func report() -> ReportMessage {
        var report = ReportMessage(
            session: session(), report: maybe { Int64($0.number()) }, batch: batch(), attempt: number(),
            started: list(upTo: 2) { $0.number() }, progress: list(upTo: 2) { $0.progress($0.number()) },
            completed: list(upTo: 3) { $0.number() })
        let ended = list(upTo: 2) { choices in (choices.number(), choices.outcome()) }
        report.ended = ended.map { ReportMessage.Ended(operation: $0, $1) }
        return report
    }

    /// About operations that were granted so, at one time or another.
    fileprivate mutating func fittingReport(_ coordinator: FuzzedCoordinator) -> ReportMessage? {
        guard !coordinator.grants.isEmpty else { return nil }
        let grant = coordinator.grants[
            coordinator.grants.count - 1 - below(min(coordinator.grants.count, 32))]
        let chosen = Array(grant.operations.prefix(1 + below(grant.operations.count)))
        let (how, outcome) = (below(6), outcome())
        return ReportMessage(
            session: grant.session.description, report: 1, batch: grant.batch, attempt: grant.attempt,
            started: how == 0 ? chosen : [], progress: how == 1 ? chosen.map { progress($0) } : [],
            completed: how == 2 || how == 3 ? chosen : [],
            ended: how > 3 ? chosen.map { ($0, outcome) } : [])
    }

    private mutating func progress(_ operation: Int) -> OperationShare {
        OperationShare(operation: operation, progress: share(), message: actor())
    }

    private mutating func outcome() -> OperationOutcome {
        OperationOutcome(
            kind: one(of: [.completed, .failed, .failed, .cancelled]), exitCode: maybe { $0.number() },
            message: actor())
    }
}

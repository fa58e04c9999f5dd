import BatchProgress
import BatchProtocol
import BatchWorker

extension Fuzzer {
    /// Orders from outside to a worker's rules, between starts and ends of what it runs.
    static let worker = Fuzzer(name: "worker") { bytes in
        var choices = Choices(bytes)
        let worker = FuzzedWorker(slots: choices.one(of: [1, 2, 3, 100]))
        while !choices.isEmpty {
            switch choices.below(16) {
            case 0: worker.wait(milliseconds: choices.one(of: [0, 1, 30, 50, 400, 1100, 3500]))
            case 1...4: worker.finish(choices.below(8), choices.outcome())
            case 5: worker.progress(choices.below(8), choices.share())
            case 6: if choices.chance(oneIn: 8) { worker.drain() }
            case 7: if choices.chance(oneIn: 8) { worker.stopAll() }
            default: worker.receive(choices.order(to: worker))
            }
        }
    }
}

/// The shell of a worker's rules, as far as it matters to them: it tells of the end of what it was told to start.
final class FuzzedWorker {
    private var session: WorkerSession
    private var now = Timestamp(microseconds: 1_700_000_000_000_000)
    private var running: [OperationKey] = []
    private(set) var reports: [Int64] = []
    private var hasEnded = false

    init(slots: Int) {
        let introduction = WorkerSession.Introduction(name: "w", types: ["x", "y"], slots: slots)
        session = WorkerSession(session: "s", introduction: introduction, at: now)
        perform(session.begin(at: now))
    }

    func receive(_ order: WorkerOrder) {
        guard !hasEnded else { return }
        perform(session.receive(order, at: now))
    }

    func wait(milliseconds: Int) {
        guard !hasEnded else { return }
        now = now + .milliseconds(milliseconds)
        perform(session.tick(at: now))
    }

    func finish(_ index: Int, _ outcome: OperationOutcome) {
        guard !hasEnded, !running.isEmpty else { return }
        let key = running.remove(at: index % running.count)
        require(session.isRunning(key), "\(key) was started, and isn't running")
        perform(session.finished(key, outcome, at: now))
    }

    func progress(_ index: Int, _ share: Double) {
        guard !hasEnded, !running.isEmpty else { return }
        perform(session.progressed(running[index % running.count], share, message: nil, at: now))
    }

    func drain() {
        guard !hasEnded else { return }
        perform(session.drain(at: now))
    }

    func stopAll() {
        guard !hasEnded else { return }
        perform(session.stopAll(at: now))
    }

    private func perform(_ actions: [WorkerSession.Action]) {
        for action in actions {
            switch action {
            case .send: break
            case .report(let report):
                require(report.outcomes.count == report.ended?.count ?? 0, "outputs are missing: \(report)")
                if let number = report.report { reports = reports.suffix(15) + [number] }
            case .start(let key, _, _):
                require(!running.contains(key), "\(key) is started while it runs")
                running.append(key)
            case .stop(let key): require(running.contains(key), "\(key) is stopped, and doesn't run")
            case .lostCoordinator, .foundCoordinator: break
            case .drained:
                require(running.isEmpty, "the worker goes while something runs")
                hasEnded = true
            }
        }
        if !hasEnded { _ = session.nextDeadline }
    }
}

extension Choices {
    fileprivate mutating func order(to worker: FuzzedWorker) -> WorkerOrder {
        switch below(10) {
        case 0:
            return .welcome(epoch: Int64(number()), lease: share(), grants: number())
        case 1: return .heartbeat(epoch: Int64(number()), grants: number())
        case 2: return .unknownSession
        case 3...6:
            let operations = list(upTo: 6) { $0.number() }
            let header = WorkerOrder.GrantHeader(
                batch: batch(), type: one(of: ["x", "y", ""]), attempt: one(of: [1, 1, 1, 2, 3, number()]),
                retriesFailures: chance(oneIn: 3), sequence: number(), operations: operations)
            return .grant(header, data: operations.map { _ in [0] })
        case 7: return .stop(batch: batch(), operations: list(upTo: 4) { $0.number() })
        case 8: return .recall(batch: batch())
        default:
            let reports = worker.reports
            return .acknowledge(
                reports: list(upTo: 4) { choices in
                    choices.chance(oneIn: 4) || reports.isEmpty
                        ? Int64(choices.number()) : choices.one(of: reports)
                })
        }
    }

    fileprivate mutating func outcome() -> OperationOutcome {
        OperationOutcome(
            kind: one(of: [.completed, .completed, .failed, .cancelled]), exitCode: maybe { $0.number() },
            standardOutput: maybe {
                OperationOutput(bytes: $0.bytes(upTo: 8), totalBytes: Int64($0.number()))
            })
    }
}

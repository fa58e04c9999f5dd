import BatchProgress
import BatchProtocol

extension WorkerSession {
    /// The operation ended; what it was told to do is over.
    package mutating func finished(
        _ key: OperationKey, _ outcome: OperationOutcome, at now: Timestamp
    ) -> [Action] {
        guard let operation = running.removeValue(forKey: key) else {
            preconditionFailure("only an operation that was started ends")
        }
        pace.record(now - operation.startedAt)
        gather(key, outcome, at: now)
        return fillSlots(at: now) + flushIfFull(at: now) + tellCapacity(at: now) + drainedIfDone(at: now)
    }

    package func isRunning(_ key: OperationKey) -> Bool { running[key] != nil }

    /// The operation says how far it is. Not kept: the next one says more.
    package mutating func progressed(
        _ key: OperationKey, _ progress: Double, message: String?, at now: Timestamp
    ) -> [Action] {
        guard running[key] != nil else { return [] }
        let share = OperationShare(operation: key.operation, progress: progress, message: message)
        return [
            .report(
                ReportMessage(
                    session: session, report: nil, batch: key.batch, attempt: key.attempt, progress: [share]))
        ]
    }

    /// Takes nothing more; gives back what it hasn't started; goes when the rest is done and acknowledged.
    package mutating func drain(at now: Timestamp) -> [Action] {
        guard !isDraining else { return [] }
        isDraining = true
        return tellCapacity(at: now) + release(where: { _ in true }, at: now) + flush(at: now)
            + drainedIfDone(at: now)
    }

    /// Ends what runs as well. It is reported as cancelled though nobody cancelled its batch: lost, that is.
    package mutating func stopAll(at now: Timestamp) -> [Action] {
        drain(at: now) + running.keys.sorted().map { .stop($0) }
    }

    package func retriesFailure(of key: OperationKey) -> Bool { running[key]?.retriesFailures == true }

    mutating func fillSlots(at now: Timestamp) -> [Action] {
        var actions: [Action] = []
        while running.count < introduction.slots, let next = nextQueued() {
            lastMoved = now
            actions.append(next.key.attempt > 1 ? announce(next, at: now) : start(next, at: now))
        }
        return actions
    }

    private mutating func nextQueued() -> QueuedOperation? {
        let running = running
        return queue.popNext { batch in running.keys.count { $0.batch == batch } }
    }

    mutating func drainedIfDone(at now: Timestamp) -> [Action] {
        guard isDraining, !saidGoodbye, running.isEmpty, queue.isEmpty, gathered.isEmpty, outbox.isEmpty
        else { return [] }
        saidGoodbye = true
        return [.send(WorkerMessage(session: session, .goodbye)), .drained]
    }

    mutating func gather(_ key: OperationKey, _ outcome: OperationOutcome, at now: Timestamp) {
        let limits = (configuration.operationsPerReport, configuration.bytesPerReport)
        gathered.add(key, outcome, limits: limits, at: now)
    }

    private mutating func start(_ operation: QueuedOperation, at now: Timestamp) -> Action {
        running[operation.key] = RunningOperation(
            startedAt: now, start: .unreported, retriesFailures: operation.retriesFailures)
        return .start(operation.key, type: operation.type, data: operation.data)
    }

    private mutating func announce(_ operation: QueuedOperation, at now: Timestamp) -> Action {
        let key = operation.key
        let message = ReportMessage(
            session: session, report: nextReport, batch: key.batch, attempt: key.attempt,
            started: [key.operation])
        running[key] = RunningOperation(
            startedAt: now, start: .awaitsAcknowledgement(of: nextReport, operation),
            retriesFailures: operation.retriesFailures)
        return send(message, at: now)
    }

    /// Starts what waited for one of these reports to be durable.
    mutating func startAnnounced(_ reports: Set<Int64>, at now: Timestamp) -> [Action] {
        var actions: [Action] = []
        for (key, operation) in running.sorted(by: { $0.key < $1.key }) {
            guard case .awaitsAcknowledgement(let report, let queued) = operation.start,
                reports.contains(report)
            else { continue }
            running[key]?.startedAt = now
            running[key]?.start = .reported
            actions.append(.start(key, type: queued.type, data: queued.data))
        }
        return actions
    }
}

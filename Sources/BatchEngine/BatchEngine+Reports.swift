import BatchProgress

extension BatchEngine {
    /// A worker's report. It may come late, twice, or out of order: each operation still ends once.
    ///
    /// A success counts from any attempt that was granted while the operation is open; anything else only
    /// from the current attempt and whoever holds it.
    ///
    /// - Returns: how many of its operations were never granted to that session in that attempt.
    package mutating func report(_ report: OperationReport, in turn: inout Turn) -> Int {
        guard batches[report.batch] != nil else { return 0 }
        _ = heard(from: report.session, capacity: nil, at: turn.now)
        for number in report.started { start(number, report, at: turn.now, in: &turn) }
        for share in report.shares { progress(share, report, in: &turn) }
        var refused = 0
        var late: [Int] = []
        let completed = Set(report.completed).sorted().filter { number in
            let verdict = judge(number, report)
            if verdict == .neverGranted { refused += 1 }
            if verdict == .earlier { late.append(number) }
            return verdict == .current || verdict == .earlier
        }
        stopLaterAttempts(at: late, of: report.batch, in: &turn)
        finish(completed, as: OperationOutcome(kind: .completed), by: report, in: &turn)
        for ended in report.ended {
            switch (judge(ended.operation, report), ended.outcome.kind) {
            case (.current, _):
                conclude(ended, by: report, in: &turn)
            case (.earlier, .completed):
                stopLaterAttempts(at: [ended.operation], of: report.batch, in: &turn)
                conclude(ended, by: report, in: &turn)
            case (.neverGranted, _): refused += 1
            case (.earlier, _), (.endedAlready, _): break
            }
        }
        return refused
    }

    private enum Verdict {
        case current, earlier, endedAlready, neverGranted
    }

    /// What a report of this session and attempt has to say about the operation.
    private func judge(_ number: Int, _ report: OperationReport) -> Verdict {
        guard let batch = batches[report.batch], number >= 0, number < batch.record.total else {
            return .neverGranted
        }
        guard let operation = batch.open[number] else {
            return batch.isWaiting(number) ? .neverGranted : .endedAlready
        }
        guard report.attempt >= 1, report.attempt <= operation.attempt,
            grants[operation.grants[report.attempt - 1]]?.session == report.session
        else { return .neverGranted }
        let isCurrent = report.attempt == operation.attempt && operation.holder == report.session
        return isCurrent ? .current : .earlier
    }

    /// These were taken from a worker that has completed them all the same: whoever has them now works in vain, and
    /// what it is granted in their place would wait behind them.
    private func stopLaterAttempts(at operations: [Int], of id: BatchID, in turn: inout Turn) {
        for number in operations {
            guard let operation = batches[id]?.open[number], let holder = operation.holder else { continue }
            turn.directives.append(.stop([number], of: id, attempt: operation.attempt, session: holder))
        }
    }

    private mutating func start(
        _ number: Int, _ report: OperationReport, at now: Timestamp, in turn: inout Turn
    ) {
        guard judge(number, report) == .current, batches[report.batch]?.open[number]?.startedAt == nil
        else { return }
        batches[report.batch]?.open[number]?.startedAt = now
        begin(report.batch, at: now)
        turn.touch(report.batch)
    }

    private mutating func progress(
        _ share: OperationShare, _ report: OperationReport, in turn: inout Turn
    ) {
        guard judge(share.operation, report) == .current, let batch = batches[report.batch] else { return }
        start(share.operation, report, at: turn.now, in: &turn)
        batches[report.batch]?.open[share.operation]?.share = min(max(share.progress, 0), 1)
        batches[report.batch]?.open[share.operation]?.message =
            batch.record.request.isPrivate ? nil : share.message
        turn.touch(report.batch)
    }

    /// The first sign that something of the batch runs: from here its pace is measured.
    private mutating func begin(_ id: BatchID, at now: Timestamp) {
        guard batches[id]?.record.startedAt == nil else { return }
        batches[id]?.record.startedAt = now
        let finished = batches[id]?.record.finished ?? 0
        batches[id]?.estimate.restart(at: now, finished: finished)
    }

    /// A reported end: final, or, for a failure with retries left, the beginning of a wait.
    private mutating func conclude(
        _ ended: OperationReport.Ended, by report: OperationReport, in turn: inout Turn
    ) {
        guard let record = batches[report.batch]?.record,
            let failures = batches[report.batch]?.open[ended.operation]?.history.failures
        else { return }
        switch ended.outcome.kind {
        case .failed where failures < record.request.retries && !record.cancelling:
            begin(report.batch, at: turn.now)
            retryLater(ended.operation, of: report.batch, in: &turn)
        case .cancelled where !record.cancelling:
            // Nobody asked for it: the worker was stopped while it ran.
            lose(ended.operation, of: report.batch, in: &turn)
            enqueueWaiting(of: report.batch)
        case .completed, .failed, .cancelled:
            finish([ended.operation], as: ended.outcome, by: report, in: &turn)
        }
    }

    private mutating func retryLater(_ number: Int, of id: BatchID, in turn: inout Turn) {
        guard var history = batches[id]?.open[number]?.history else { return }
        history.failures += 1
        let due = turn.now + delay(afterFailures: history.failures)
        history.notBefore = due
        takeBack(number, of: id, history: history, in: &turn)
        timers.set(.retry(id, number), at: due)
    }

    /// Doubling from the configured delay, with half of it left to chance.
    private mutating func delay(afterFailures failures: Int) -> Duration {
        let doubled = configuration.retryDelay * (1 << min(failures - 1, 20))
        let full = min(doubled, configuration.retryDelayMaximum).microseconds
        return .microseconds(full / 2 + Int64.random(in: 0...full, using: &random))
    }

    mutating func retryDue(_ number: Int, of id: BatchID) {
        guard let operation = batches[id]?.open[number], operation.holder == nil else { return }
        batches[id]?.waiting[operation.type].insert(number)
        enqueueWaiting(of: id)
    }

    /// The operations end in this way; neighbours are kept as one run.
    private mutating func finish(
        _ operations: [Int], as outcome: OperationOutcome, by report: OperationReport, in turn: inout Turn
    ) {
        guard !operations.isEmpty else { return }
        begin(report.batch, at: turn.now)
        let worker = workers[report.session]?.introduction?.name ?? report.session.description
        end(operations, of: report.batch, as: outcome, attempt: report.attempt, worker: worker, in: &turn)
    }
}

extension ActiveBatch {
    func isWaiting(_ number: Int) -> Bool {
        waiting.contains { $0.contains(number) }
    }
}

import BatchProgress

extension BatchEngine {
    /// The operations end, for good. They are open, each once, in rising order.
    mutating func end(
        _ operations: [Int], of id: BatchID, as outcome: OperationOutcome, attempt: Int, worker: String?,
        in turn: inout Turn
    ) {
        guard let record = batches[id]?.record else { return }
        let outcome = record.request.kept(outcome)
        for run in operations.runs {
            if outcome.kind == .failed { keepFailures(outcome, of: run, in: id) }
            for number in run { close(number, of: id, in: &turn) }
            batches[id]?.record.count(outcome, run.count)
            let ended = EndedOperations(
                operations: run, outcome: outcome, attempt: attempt, worker: worker, at: turn.now)
            turn.changes.append(.ended(ended, of: id))
        }
        turn.touch(id, urgent: outcome.kind == .failed && record.failed == 0)
    }

    /// A worker that held the operation is lost.
    mutating func lose(_ number: Int, of id: BatchID, in turn: inout Turn) {
        guard let record = batches[id]?.record, let operation = batches[id]?.open[number] else { return }
        var history = operation.history
        if operation.startedAt != nil { history.losses += 1 }
        if record.cancelling {
            end([number], of: id, as: .cancelled, attempt: operation.attempt, worker: nil, in: &turn)
        } else if record.request.onLost == .fail || history.losses >= configuration.lossesAllowed {
            end([number], of: id, as: .workerLost, attempt: operation.attempt, worker: nil, in: &turn)
        } else {
            withdraw(number, of: id, history: history, in: &turn)
        }
    }

    /// The operation waits again, held by nobody; or ends, if its batch is being cancelled.
    mutating func withdraw(
        _ number: Int, of id: BatchID, history: OperationHistory, in turn: inout Turn
    ) {
        guard let operation = batches[id]?.open[number] else { return }
        if batches[id]?.record.cancelling == true {
            end([number], of: id, as: .cancelled, attempt: operation.attempt, worker: nil, in: &turn)
        } else {
            takeBack(number, of: id, history: history, in: &turn)
            batches[id]?.waiting[operation.type].insert(number)
        }
    }

    /// The operation is nobody's until it is granted again, and has been through this. The first failure or
    /// loss counts it as retried.
    mutating func takeBack(
        _ number: Int, of id: BatchID, history: OperationHistory, in turn: inout Turn
    ) {
        guard let operation = batches[id]?.open[number], let holder = operation.holder else { return }
        var history = history
        history.withdrawnAttempts = operation.attempt
        if operation.history.isClean, !history.isClean { batches[id]?.record.retried += 1 }
        workers[holder]?.release(number, of: id)
        batches[id]?.open[number]?.withdraw()
        batches[id]?.open[number]?.history = history
        batches[id]?.withdrawn[operation.type] += 1
        turn.changes.append(.history(history, operation: number, of: id))
        turn.touch(id)
    }

    /// Nothing is kept of the operation, and of its grants only while others of theirs are open.
    private mutating func close(_ number: Int, of id: BatchID, in turn: inout Turn) {
        guard let operation = batches[id]?.open.removeValue(forKey: number) else {
            preconditionFailure("only an open operation ends")
        }
        if let holder = operation.holder {
            workers[holder]?.release(number, of: id)
        } else {
            batches[id]?.withdrawn[operation.type] -= 1
            batches[id]?.waiting[operation.type].remove(number)
            timers.cancel(.retry(id, number))
        }
        for grant in operation.grants {
            grants[grant]?.remaining -= 1
            guard grants[grant]?.remaining == 0 else { continue }
            grants[grant] = nil
            turn.changes.append(.grantClosed(grant))
        }
    }

    /// The newest failures, for the batch's events.
    private mutating func keepFailures(_ outcome: OperationOutcome, of numbers: Range<Int>, in id: BatchID) {
        guard batches[id]?.record.request.isPrivate == false else { return }
        for number in numbers.suffix(configuration.failuresPerEvent) {
            let failure = BatchFailure(
                operation: number, label: batches[id]?.open[number]?.label, exitCode: outcome.exitCode,
                message: outcome.message ?? "failed")
            let kept = batches[id]?.record.errors.suffix(configuration.failuresPerEvent - 1) ?? []
            batches[id]?.record.errors = kept + [failure]
        }
    }
}

extension BatchRecord {
    fileprivate mutating func count(_ outcome: OperationOutcome, _ count: Int) {
        if outcome.workerWasLost { lost += count }
        switch outcome.kind {
        case .completed: completed += count
        case .failed: failed += count
        case .cancelled: cancelled += count
        }
    }
}

extension OperationHistory {
    var isClean: Bool { failures == 0 && losses == 0 }
}

extension OperationOutcome {
    static let cancelled = OperationOutcome(kind: .cancelled)
    static let workerLost = OperationOutcome(kind: .failed, message: "worker lost", workerWasLost: true)
}

extension [Int] {
    /// Neighbours as ranges; the numbers rise.
    var runs: [Range<Int>] {
        var runs: [Range<Int>] = []
        for number in self {
            if let last = runs.last, last.upperBound == number {
                runs[runs.count - 1] = last.lowerBound..<(number + 1)
            } else {
                runs.append(number..<(number + 1))
            }
        }
        return runs
    }
}

import BatchProgress

extension BatchEngine {
    /// Ends the batch: what nobody holds at once, what workers hold when they report it or the grace is over.
    package mutating func cancel(_ id: BatchID, known: BatchRecord?, in turn: inout Turn) throws(Refusal) {
        let record = try active(id, known: known)
        if !record.cancelling { beginCancelling(id, in: &turn) }
    }

    /// Nothing more is handed out; workers give back what they haven't started. What runs ends.
    package mutating func pause(_ id: BatchID, known: BatchRecord?, in turn: inout Turn) throws(Refusal) {
        let record = try active(id, known: known)
        guard !record.cancelling else { throw .alreadyEnded(id, .cancelled) }
        guard !record.paused else { return }
        batches[id]?.record.paused = true
        recall(id, in: &turn)
        turn.touch(id, urgent: true)
    }

    package mutating func resume(_ id: BatchID, known: BatchRecord?, in turn: inout Turn) throws(Refusal) {
        let record = try active(id, known: known)
        guard record.paused else { return }
        batches[id]?.record.paused = false
        batches[id]?.estimate.restart(at: turn.now, finished: record.finished)
        if record.request.attended { attend(id, at: turn.now) }
        enqueueWaiting(of: id)
        turn.touch(id, urgent: true)
    }

    /// Whoever attends the batch is there.
    package mutating func attend(_ id: BatchID, at now: Timestamp) {
        guard batches[id]?.record.request.attended == true else { return }
        timers.set(.attendance(id), at: now + configuration.attendance)
    }

    /// The batch was left alone: it is paused until somebody resumes it.
    mutating func attendanceDue(_ id: BatchID, in turn: inout Turn) {
        guard batches[id]?.isGrantable == true else { return }
        batches[id]?.record.paused = true
        recall(id, in: &turn)
        turn.touch(id, urgent: true)
    }

    mutating func beginCancelling(_ id: BatchID, in turn: inout Turn) {
        batches[id]?.record.cancelling = true
        batches[id]?.record.paused = false
        endWhatIsCancelled(id, in: &turn)
        for (session, worker) in workers.sorted(by: { $0.key.description < $1.key.description }) {
            guard let held = worker.held[id] else { continue }
            turn.directives.append(.stop(held.sorted(), of: id, attempt: nil, session: session))
        }
        timers.set(.cancelGrace(id), at: turn.now + configuration.cancelGrace)
        turn.touch(id, urgent: true)
    }

    /// Of a batch that is being cancelled, what nobody holds ends.
    mutating func endWhatIsCancelled(_ id: BatchID, in turn: inout Turn) {
        guard let batch = batches[id], batch.record.cancelling else { return }
        let withdrawn = batch.open.filter { $0.value.holder == nil }.keys.sorted()
        end(withdrawn, of: id, as: .cancelled, attempt: 0, worker: nil, in: &turn)
        // What was never handed out isn't listed one by one: it is what is left when the batch has ended.
        let untouched = batches[id]?.dropWaiting() ?? 0
        batches[id]?.record.cancelled += untouched
    }

    mutating func cancelGraceDue(_ id: BatchID, in turn: inout Turn) {
        guard let batch = batches[id], batch.record.cancelling else { return }
        end(batch.open.keys.sorted(), of: id, as: .cancelled, attempt: 0, worker: nil, in: &turn)
    }

    private mutating func recall(_ id: BatchID, in turn: inout Turn) {
        for (session, worker) in workers.sorted(by: { $0.key.description < $1.key.description })
        where worker.held[id] != nil {
            turn.directives.append(.recall(id, session: session))
        }
    }

    private func active(_ id: BatchID, known: BatchRecord?) throws(Refusal) -> BatchRecord {
        if let record = batches[id]?.record { return record }
        guard let known else { throw .unknownBatch(id) }
        throw .alreadyEnded(id, known.status)
    }
}

extension ActiveBatch {
    /// Forgets what waits; returns how many operations that were.
    mutating func dropWaiting() -> Int {
        defer { waiting = waiting.map { _ in NumberSet() } }
        return waitingCount
    }
}

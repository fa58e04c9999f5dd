import BatchProgress

extension BatchEngine {
    /// A batch changed in this turn: it ends, or its event leaves now or later, and its record is kept.
    mutating func settle(_ id: BatchID, urgent: Bool, in turn: inout Turn) {
        guard var batch = batches.removeValue(forKey: id) else { return }
        if batch.isFinished {
            end(&batch, in: &turn)
            return
        }
        batch.record.status = batch.currentStatus
        batch.record.updatedAt = turn.now
        batch.estimate.record(finished: batch.record.finished, at: turn.now)
        switch batch.limiter.changed(at: turn.now, urgent: urgent) {
        case .publishNow:
            timers.cancel(.event(id))
            publish(&batch, in: &turn)
        case .publish(let deadline):
            timers.set(.event(id), at: deadline)
        }
        turn.changes.append(.batch(batch.record))
        batches[id] = batch
    }

    /// The limiter's interval is over: the gathered event leaves, if none has in this turn.
    mutating func eventDue(_ id: BatchID, in turn: inout Turn) {
        guard var batch = batches.removeValue(forKey: id) else { return }
        if batch.limiter.due(at: turn.now) { publish(&batch, in: &turn) }
        batches[id] = batch
    }

    private mutating func end(_ batch: inout ActiveBatch, in turn: inout Turn) {
        let id = batch.record.request.id
        batch.record.status = batch.finalStatus
        batch.record.endedAt = turn.now
        publish(&batch, in: &turn)
        turn.changes.append(.batch(batch.record))
        unsealed.remove(id)
        for key in [TimerKey.event(id), .cancelGrace(id), .openTimeout(id), .attendance(id)] {
            timers.cancel(key)
        }
        for type in batch.queuedTypes {
            dequeue(id, from: QueueKey(lane: batch.record.request.lane, type: batch.types[type]))
        }
        doOnEnd(batch.record, batch.lastEvent, in: &turn)
    }

    private mutating func publish(_ batch: inout ActiveBatch, in turn: inout Turn) {
        if revision >= reservedRevision {
            reservedRevision = revision + configuration.revisionBlock
            turn.changes.append(.revisionsReserved(upTo: reservedRevision))
        }
        revision += 1
        turn.directives.append(.publish(batch.makeEvent(revision: revision, at: turn.now)))
    }
}

extension ActiveBatch {
    /// Nothing more can end, and nothing more will be added.
    var isFinished: Bool {
        record.finished == record.total && (record.sealed || record.cancelling)
    }

    fileprivate var currentStatus: BatchStatus {
        if record.paused { return .paused }
        return record.startedAt == nil ? .pending : .processing
    }

    /// A cancelled batch of which nothing was left to cancel ended as if nobody had asked.
    fileprivate var finalStatus: BatchStatus {
        if record.cancelled > 0 || !record.sealed { return .cancelled }
        return record.failed > 0 ? .failed : .completed
    }
}

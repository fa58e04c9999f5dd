import BatchProgress

/// All that is durable and has not ended: from it an engine goes on where another one stopped.
package struct Recovery: Sendable {
    package struct Batch: Sendable {
        /// As it was made durable last, but with the digest of the operations that are: a step of a retry may
        /// have added some since. Their number follows from `types`.
        package var record: BatchRecord
        /// Types of its operations, as neighbours, in order.
        package var types: [(type: String, count: Int)]
        package var ended: [Range<Int>]
        package var histories: [Int: OperationHistory]
        /// Labels of those that were handed out and have not ended.
        package var labels: [Int: String]

        package init(
            record: BatchRecord, types: [(type: String, count: Int)] = [], ended: [Range<Int>] = [],
            histories: [Int: OperationHistory] = [:], labels: [Int: String] = [:]
        ) {
            self.record = record
            self.types = types
            self.ended = ended
            self.histories = histories
            self.labels = labels
        }
    }

    package var batches: [Batch]
    package var grants: [Grant]
    package var reservedRevision: Int64

    package init(batches: [Batch] = [], grants: [Grant] = [], reservedRevision: Int64 = 0) {
        self.batches = batches
        self.grants = grants
        self.reservedRevision = reservedRevision
    }
}

extension BatchEngine {
    /// An engine that goes on from what is durable. Every lease holds one whole period from `now`; READY
    /// settles it sooner.
    package init(
        recovering recovery: Recovery, configuration: Configuration = Configuration(), seed: UInt64,
        at now: Timestamp
    ) {
        self.init(configuration: configuration, seed: seed)
        revision = recovery.reservedRevision
        reservedRevision = recovery.reservedRevision
        for batch in recovery.batches { recover(batch, at: now) }
        for grant in recovery.grants.sorted(by: { $0.attempt < $1.attempt }) { recover(grant, at: now) }
        for (id, batch) in batches.sorted(by: { $0.key < $1.key }) { recoverWaiting(of: id, batch, at: now) }
        for session in workers.keys { renewLease(of: session, at: now) }
    }

    /// The first thing after a recovery: each batch is told anew, since what was told last may be less than
    /// what is durable.
    package mutating func begin(in turn: inout Turn) {
        for id in batches.keys { turn.touch(id) }
    }

    private mutating func recover(_ recovered: Recovery.Batch, at now: Timestamp) {
        let id = recovered.record.request.id
        var record = recovered.record
        record.total = 0
        var batch = ActiveBatch(record: record, eventInterval: configuration.eventInterval, now: now)
        _ = batch.learn(types: recovered.types.map(\.type), limit: .max)
        for run in recovered.types { batch.append(count: run.count, type: run.type) }
        batch.lastEvent = batch.record.event
        for run in recovered.ended { batch.forgetWaiting(run) }
        for (number, history) in recovered.histories {
            batch.recoverOpen(number) { $0.history = history }
        }
        for (number, label) in recovered.labels { batch.recoverOpen(number) { $0.label = label } }
        if batch.record.startedAt != nil { batch.estimate.restart(at: now, finished: batch.record.finished) }
        batches[id] = batch
        recoverTimers(of: batch.record, at: now)
    }

    private mutating func recoverTimers(of record: BatchRecord, at now: Timestamp) {
        let id = record.request.id
        if !record.sealed {
            unsealed.insert(id)
            timers.set(.openTimeout(id), at: now + configuration.openTimeout)
        }
        if record.cancelling { timers.set(.cancelGrace(id), at: now + configuration.cancelGrace) }
        if !record.paused { attend(id, at: now) }
    }

    /// The newest grant of an operation comes last, and is the one that counts.
    private mutating func recover(_ grant: Grant, at now: Timestamp) {
        nextGrant = max(nextGrant, grant.id + 1)
        // Taken out: all that is open in it would be copied for each grant if there were two of it.
        guard var batch = batches.removeValue(forKey: grant.batch) else { return }
        defer { batches[grant.batch] = batch }
        let open = grant.operations.filter { batch.isRecoverable($0) }
        guard !open.isEmpty else { return }
        grants[grant.id] = OpenGrant(session: grant.session, remaining: open.count)
        for number in open { batch.recoverOpen(number) { $0.grants.append(grant.id) } }
        let held = open.filter { number in
            batch.open[number].map { $0.history.withdrawnAttempts < grant.attempt } ?? false
        }
        guard !held.isEmpty else { return }
        for number in held { batch.open[number]?.holder = grant.session }
        workers[grant.session, default: Worker(introduction: nil, now: now)].hold(held, of: grant.batch)
    }

    /// What is open and held doesn't wait; what is open and was withdrawn waits, at once or for its moment.
    private mutating func recoverWaiting(of id: BatchID, _ batch: ActiveBatch, at now: Timestamp) {
        for (number, operation) in batch.open where operation.holder == nil {
            batches[id]?.withdrawn[operation.type] += 1
            if let due = operation.history.notBefore, due > now {
                batches[id]?.waiting[operation.type].remove(number)
                timers.set(.retry(id, number), at: min(due, now + configuration.retryDelayMaximum * 2))
            }
        }
        for (number, operation) in batch.open where operation.holder != nil {
            batches[id]?.waiting[operation.type].remove(number)
        }
        // Of a batch that is cancelled only what somebody holds is still to end. The rest is counted already,
        // but for what a step of a retry added after the record was made durable.
        if batch.record.cancelling {
            _ = batches[id]?.dropWaiting()
            let record = batch.record
            batches[id]?.record.cancelled = record.total - batch.open.count - record.completed - record.failed
        }
        enqueueWaiting(of: id)
    }
}

extension ActiveBatch {
    fileprivate mutating func forgetWaiting(_ numbers: Range<Int>) {
        for index in waiting.indices {
            for number in numbers { waiting[index].remove(number) }
        }
    }

    /// Whether the operation has not ended, as far as is recovered.
    fileprivate func isRecoverable(_ number: Int) -> Bool {
        open[number] != nil || isWaiting(number)
    }

    fileprivate mutating func recoverOpen(_ number: Int, _ change: (inout OpenOperation) -> Void) {
        guard let type = waiting.firstIndex(where: { $0.contains(number) }) else { return }
        change(&open[number, default: OpenOperation(type: type)])
    }
}

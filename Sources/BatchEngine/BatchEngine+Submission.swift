import BatchProgress

/// What is known of a batch's operations, for whoever goes on adding them.
package struct OpenedBatch: Hashable, Sendable {
    package var total: Int
    package var digest: OperationDigest
    package var sealed: Bool

    package init(_ record: BatchRecord) {
        total = record.total
        digest = record.digest
        sealed = record.sealed
    }
}

extension BatchEngine {
    /// Begins a batch, or finds it again. `known`: what is durable of a batch of this id that has ended.
    package mutating func open(
        _ request: BatchRequest, known: BatchRecord?, in turn: inout Turn
    ) throws(Refusal) -> OpenedBatch {
        try open(BatchRecord(request: request.kept, createdAt: turn.now), known: known, in: &turn)
    }

    mutating func open(
        _ new: BatchRecord, known: BatchRecord?, in turn: inout Turn
    ) throws(Refusal) -> OpenedBatch {
        let request = new.request
        guard !request.id.isOnEnd else { throw .reservedID(request.id) }
        if let record = batches[request.id]?.record ?? known {
            if let what = record.difference(from: new) {
                throw .conflictingBatch(request.id, what: what)
            }
            guard record.sealed || !record.cancelling else { throw .alreadyEnded(request.id, .cancelled) }
            return OpenedBatch(record)
        }
        try checkRoom(for: request.actor)
        batches[request.id] = ActiveBatch(
            record: new, eventInterval: configuration.eventInterval, now: turn.now)
        unsealed.insert(request.id)
        timers.set(.openTimeout(request.id), at: turn.now + configuration.openTimeout)
        if request.attended { attend(request.id, at: turn.now) }
        turn.touch(request.id, urgent: true)
        return OpenedBatch(new)
    }

    private func checkRoom(for actor: String?) throws(Refusal) {
        guard batches.count < configuration.activeBatches else {
            throw .tooManyActiveBatches(limit: configuration.activeBatches)
        }
        guard unsealed.count >= configuration.openBatchesPerActor else { return }
        let open = unsealed.count {
            batches[$0]?.record.request.actor?.accountable == actor?.accountable
        }
        guard open < configuration.openBatchesPerActor else {
            throw .tooManyOpenBatches(limit: configuration.openBatchesPerActor)
        }
    }

    /// Appends operations that begin at the present total.
    ///
    /// - Returns: the new total.
    package mutating func add(
        first: Int, _ operations: [BatchOperation], digest expected: OperationDigest?, to id: BatchID,
        in turn: inout Turn
    ) throws(Refusal) -> Int {
        guard let record = batches[id]?.record else { throw .unknownBatch(id) }
        guard !record.cancelling else { throw .alreadyEnded(id, .cancelled) }
        guard !record.sealed else { throw .alreadySealed(id, total: record.total) }
        guard first == record.total else { throw .conflictingOperations(id, expected: record.total) }
        guard record.total + operations.count <= configuration.operationsPerBatch else {
            throw .tooManyOperations(id, limit: configuration.operationsPerBatch)
        }
        var digest = record.digest
        for operation in operations { digest.add(operation) }
        if let expected, expected != digest { throw .wrongDigest(id, expected: digest) }
        let runs = operations.typeRuns
        guard batches[id]?.learn(types: runs.map(\.type), limit: configuration.typesPerBatch) == true else {
            throw .tooManyTypes(id, limit: configuration.typesPerBatch)
        }
        append(runs, digest: digest, to: id, at: turn.now)
        let chunk = OperationChunk(
            first: first, operations: record.request.kept(operations), digest: digest)
        turn.changes.append(.operations(chunk, of: id))
        turn.touch(id)
        return first + operations.count
    }

    mutating func append(
        _ runs: [(type: String, count: Int)], digest: OperationDigest, to id: BatchID, at now: Timestamp
    ) {
        for run in runs { batches[id]?.append(count: run.count, type: run.type) }
        batches[id]?.record.digest = digest
        batches[id]?.lastTouched = now
        enqueueWaiting(of: id)
    }

    /// No more operations will be added; from now on the batch can end.
    package mutating func seal(
        _ id: BatchID, total: Int, digest: OperationDigest?, known: BatchRecord?, in turn: inout Turn
    ) throws(Refusal) -> OpenedBatch {
        guard let record = batches[id]?.record ?? known else { throw .unknownBatch(id) }
        guard record.total == total, digest == nil || record.digest == digest else {
            throw .conflictingSeal(id, total: record.total, digest: record.digest)
        }
        guard !record.sealed else { return OpenedBatch(record) }
        guard !record.isEnded, !record.cancelling else { throw .alreadyEnded(id, record.status) }
        guard total > 0 else { throw .emptyBatch(id) }
        markSealed(id)
        // Whoever has submitted and asks next is told of all that was accepted.
        turn.touch(id, urgent: true)
        return OpenedBatch(batches[id]?.record ?? record)
    }

    mutating func markSealed(_ id: BatchID) {
        batches[id]?.record.sealed = true
        unsealed.remove(id)
        timers.cancel(.openTimeout(id))
    }

    /// Nobody sealed the batch. One that was added to meanwhile waits on; else it is cancelled.
    mutating func openTimeoutDue(_ id: BatchID, in turn: inout Turn) {
        guard let batch = batches[id], !batch.record.sealed else { return }
        let deadline = batch.lastTouched + configuration.openTimeout
        if deadline > turn.now {
            timers.set(.openTimeout(id), at: deadline)
        } else {
            beginCancelling(id, in: &turn)
        }
    }
}

extension BatchRecord {
    /// In what another that is asked for under the same id differs from this batch; nil if it is the same.
    fileprivate func difference(from other: BatchRecord) -> String? {
        if request.label != other.request.label { return "label" }
        if request.lane != other.request.lane { return "lane" }
        if request.retries != other.request.retries { return "number of retries" }
        if request.onLost != other.request.onLost { return "policy for lost workers" }
        if request.isPrivate != other.request.isPrivate { return "privacy" }
        if request.onEnd != other.request.onEnd { return "wish for its end" }
        if retryOf != other.retryOf { return "batch that it retries" }
        if retriesLostOnly != other.retriesLostOnly { return "choice of what it retries" }
        return nil
    }
}

extension String {
    /// Whose key it is: names may go on behind it, as in `ann/laptop` (docs/security.md).
    fileprivate var accountable: Substring { prefix { $0 != "/" } }
}

extension [BatchOperation] {
    /// Neighbours of the same type, counted.
    package var typeRuns: [(type: String, count: Int)] {
        var runs: [(type: String, count: Int)] = []
        for operation in self {
            if let last = runs.last, last.type == operation.type {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((operation.type, 1))
            }
        }
        return runs
    }
}

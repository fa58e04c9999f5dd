import BatchProgress

/// A new batch of what failed in one that ended, as it was asked for.
package struct BatchRetry: Hashable, Sendable {
    /// The new batch's id.
    package var id: BatchID
    /// Only what was lost with its worker.
    package var lostOnly: Bool
    package var actor: String?
    package var interface: String?

    package init(id: BatchID, lostOnly: Bool = false, actor: String? = nil, interface: String? = nil) {
        self.id = id
        self.lostOnly = lostOnly
        self.actor = actor
        self.interface = interface
    }
}

extension BatchEngine {
    /// Begins a batch of the failed operations of one that ended. The store copies them step by step; after each
    /// step the shell calls `copied`.
    package mutating func retry(
        _ source: BatchRecord, as retry: BatchRetry, known: BatchRecord?, in turn: inout Turn
    ) throws(Refusal) -> OpenedBatch {
        let id = source.request.id
        guard source.isEnded else { throw .notEnded(id) }
        guard source.failed > 0 else { throw .nothingToRetry(id) }
        guard !retry.lostOnly || source.lost > 0 else { throw .nothingLost(id) }
        let isNew = known == nil && batches[retry.id] == nil
        var new = BatchRecord(
            request: source.request.retried(as: retry), retryOf: id, retriesLostOnly: retry.lostOnly,
            createdAt: turn.now)
        // Whoever brings the workers decides when it begins: they may be there before they were told to.
        new.paused = source.request.hasOwnWorkers
        let opened = try open(new, known: known, in: &turn)
        if isNew {
            turn.changes.append(
                .copyFailed(
                    RetryCopy(
                        from: id, to: retry.id, after: nil, limit: configuration.operationsPerCopy, first: 0,
                        lostOnly: retry.lostOnly)))
        }
        return opened
    }

    /// A step of a retry has been made durable: these operations were copied.
    package mutating func copied(
        _ copy: RetryCopy, types: [(type: String, count: Int)], digest: OperationDigest, isLast: Bool,
        in turn: inout Turn
    ) {
        guard let record = batches[copy.to]?.record, record.total == copy.first, !record.sealed,
            !record.cancelling
        else {
            return
        }
        guard batches[copy.to]?.learn(types: types.map(\.type), limit: .max) == true else { return }
        append(types, digest: digest, to: copy.to, at: turn.now)
        if isLast { markSealed(copy.to) }
        turn.touch(copy.to)
    }
}

extension BatchRequest {
    fileprivate var hasOwnWorkers: Bool { lane == id.description }

    /// The same under another name, asked for by somebody else.
    fileprivate func retried(as retry: BatchRetry) -> BatchRequest {
        var request = self
        request.id = retry.id
        request.actor = retry.actor
        request.interface = retry.interface
        // Only workers of its own ever took it. They come with whoever goes on with it; until then it waits.
        if hasOwnWorkers {
            request.lane = retry.id.description
            request.attended = true
        }
        return request
    }
}

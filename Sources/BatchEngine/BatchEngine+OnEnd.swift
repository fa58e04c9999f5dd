import BatchProgress

extension BatchEngine {
    /// The batch has ended, with this event, and something is to be done then: that is a batch of its own, of a single
    /// operation. It begins in the turn of the end and so in its commit: it is there if and only if the end is.
    mutating func doOnEnd(_ record: BatchRecord, _ event: BatchProgressEvent, in turn: inout Turn) {
        guard let action = record.request.onEnd else { return }
        let request = record.request.onEndRequest
        let operation = action.operation(after: event)
        var digest = OperationDigest()
        digest.add(operation)
        var new = BatchRecord(request: request, createdAt: turn.now)
        new.sealed = true
        batches[request.id] = ActiveBatch(
            record: new, eventInterval: configuration.eventInterval, now: turn.now)
        _ = batches[request.id]?.learn(types: [operation.type], limit: .max)
        append([operation].typeRuns, digest: digest, to: request.id, at: turn.now)
        let chunk = OperationChunk(first: 0, operations: [operation], digest: digest)
        turn.changes.append(.operations(chunk, of: request.id))
        turn.touch(request.id, urgent: true)
    }
}

extension BatchRequest {
    /// Done at least once: tried again for some minutes if it fails, and as often as for any batch if a worker is
    /// lost.
    fileprivate var onEndRequest: BatchRequest {
        BatchRequest(
            id: id.onEnd, label: label.map { "on end: \($0)" }, actor: actor, interface: "on-end",
            // Workers of its own went when the batch ended.
            lane: lane == id.description ? nil : lane, retries: 10, onLost: .retry, isPrivate: isPrivate)
    }
}

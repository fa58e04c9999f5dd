import BatchProgress

extension ActiveBatch {
    /// The state now, as an event with this revision; also what later snapshots tell.
    mutating func makeEvent(revision: Int64, at now: Timestamp) -> BatchProgressEvent {
        record.revision = revision
        record.updatedAt = now
        var event = record.event
        let runs = open.filter { $0.value.startedAt != nil }
        let shares = runs.reduce(0) { $0 + $1.value.share }
        let progress = record.total == 0 ? 0 : (Double(record.finished) + shares) / Double(record.total)
        event.progress = progressMark.raise(to: min(progress, 1), total: record.total)
        if !record.isEnded, !record.request.isPrivate {
            event.currentOperation = runs.min { $0.key < $1.key }.map { $0.value.label ?? "#\($0.key)" }
        }
        addPace(to: &event, shares: shares, at: now)
        lastEvent = event
        return event
    }

    /// The state now, for whoever asks: as its record has it, with what only events tell as the newest one told
    /// it. That event's revision stays: an answer is no event, and the next one brings what is new.
    var present: BatchProgressEvent {
        var event = record.event
        if lastEvent.totalOperations == event.totalOperations {
            event.progress = max(event.progress, lastEvent.progress)
        }
        event.currentOperation = lastEvent.currentOperation
        event.operationsPerSecond = lastEvent.operationsPerSecond
        event.estimatedSecondsRemaining = lastEvent.estimatedSecondsRemaining
        return event
    }

    /// One that is paused or still open tells no time to wait; one that has ended, its mean rate, which its record knows.
    private func addPace(to event: inout BatchProgressEvent, shares: Double, at now: Timestamp) {
        guard !record.isEnded, !record.paused else { return }
        event.operationsPerSecond = estimate.operationsPerSecond(at: now)
        guard record.sealed, !record.cancelling, let rate = event.operationsPerSecond else { return }
        let remaining = Double(record.total - record.finished) - shares
        event.estimatedSecondsRemaining = max(0, remaining / rate)
    }
}

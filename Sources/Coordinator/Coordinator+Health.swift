import BatchEngine
import BatchProgress
import BatchProtocol
import BatchStore

/// What is told to whoever looks after the process.
extension Coordinator {
    /// A commit that takes longer means a disk that hangs.
    private static let longestCommit: Duration = .seconds(5)
    /// A store that refused a commit is taken for unusable for so long, unless it takes another one sooner.
    private static let distrust: Duration = .seconds(30)

    /// What it lacks to do its work; empty: nothing.
    package var lacking: [String] {
        if isStopping { return ["it is ending"] }
        guard timers != nil else { return ["it isn't listening yet"] }
        if lacksEventsAddress { return ["nobody can subscribe: \(eventsAddress) is taken"] }
        let now = clock.now
        if let since = committingSince, now - since >= Self.longestCommit {
            return ["the disk hangs: a commit is under way for \(Int((now - since).inSeconds)) seconds"]
        }
        guard let refusal, hold != nil || now - refusal.at < Self.distrust else { return [] }
        return [refusal.reason.message]
    }

    /// Sets the gauges to how things are now, or were within the last second: whoever asks for them needs no leave, and
    /// all batches are looked through.
    package func measure() {
        let now = clock.now
        if let measuredAt, now - measuredAt < .seconds(1) { return }
        measuredAt = now
        metrics.set(engine.load, clients: clients.count, storeBytes: store.bytes)
    }
}

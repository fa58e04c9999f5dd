import BatchProgress

/// The failures of one batch as they become known, and not too many of them.
struct FailureLines: Sendable {
    private static let mostInWindow = 5
    private static let window = Duration.seconds(10)

    /// Of the last event; an event only holds the last few, and each operation fails once.
    private var known: Set<Int> = []
    private var windowStart: Timestamp?
    private var inWindow = 0
    private var saidThereAreMore = false

    mutating func lines(for event: BatchProgressEvent, at now: Timestamp, _ style: ViewStyle) -> [String] {
        let errors = event.errors ?? []
        let new = errors.filter { !known.contains($0.operation) }
        known = Set(errors.map(\.operation))
        if windowStart.map({ now - $0 >= Self.window }) ?? true {
            windowStart = now
            inWindow = 0
        }
        let named = new.prefix(Self.mostInWindow - inWindow)
        inWindow += named.count
        let label = event.labelText(style, longest: 60)
        let lines = named.map { "\(label): failed: \($0.text(style))" }
        guard named.count < new.count, !saidThereAreMore else { return lines }
        saidThereAreMore = true
        return lines + ["\(label): not all failures are shown here; tally logs \(event.batchId) --failed"]
    }
}

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

    /// - Parameter marked: begins with a sign, for a terminal's scroll-back; else with words, for a log.
    mutating func lines(
        for event: BatchProgressEvent, at now: Timestamp, _ style: ViewStyle, marked: Bool
    ) -> [ViewLine] {
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
        let lines = named.map { failure in
            var line = ViewLine(style)
            if marked { line.add(style.unicode ? "✗ " : "x ", .bad) }
            line.add(marked ? "\(label): " : "\(label): failed: ")
            line.add(failure.text(style))
            return line
        }
        guard named.count < new.count, !saidThereAreMore else { return lines }
        saidThereAreMore = true
        var more = ViewLine(style)
        more.add("\(label): not all failures are shown here; tally logs \(event.batchId) --failed", .faint)
        return lines + [more]
    }
}

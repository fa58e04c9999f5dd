import BatchProgress

/// All that the live view shows.
package struct LiveState: Hashable, Sendable {
    package var batches: [LiveBatch]
    package var connection: LiveConnection
    /// What the run that is shown does since it was interrupted.
    package var interruption: RunInterruption?

    package init(
        batches: [LiveBatch] = [], connection: LiveConnection = .connected,
        interruption: RunInterruption? = nil
    ) {
        self.batches = batches
        self.connection = connection
        self.interruption = interruption
    }

    var runningCount: Int { batches.reduce(0) { $0 + $1.running.count } }

    /// What began first comes first, and what has not begun last: a batch keeps its place, whoever looks.
    var inOrder: LiveState {
        let places = batches.indices.sorted { left, right in
            switch (batches[left].event.startedAt, batches[right].event.startedAt) {
            case (let first?, let second?) where first != second: first < second
            case (_?, nil): true
            case (nil, _?): false
            default: left < right
            }
        }
        var ordered = self
        ordered.batches = places.map { batches[$0] }
        return ordered
    }
}

/// A batch, and what of it runs now.
package struct LiveBatch: Hashable, Sendable {
    package var event: BatchProgressEvent
    /// Empty where it isn't known; then the event's `currentOperation` is shown.
    package var running: [RunningOperation]
    /// Why nothing of it moves, when that is so.
    package var standstill: String?

    package init(
        event: BatchProgressEvent, running: [RunningOperation] = [], standstill: String? = nil
    ) {
        self.event = event
        self.running = running
        self.standstill = standstill
    }
}

package struct RunningOperation: Hashable, Sendable {
    /// As it came; the view makes it harmless.
    package var label: String
    /// 0…1; nil if it doesn't report any.
    package var progress: Double?
    /// What it says that it is doing; as it came, too.
    package var message: String?
    /// Nil where it isn't known.
    package var startedAt: Timestamp?

    package init(
        label: String, progress: Double? = nil, message: String? = nil, startedAt: Timestamp? = nil
    ) {
        self.label = label
        self.progress = progress
        self.message = message
        self.startedAt = startedAt
    }
}

/// How far a run that was interrupted is on its way out.
package enum RunInterruption: Hashable, Sendable {
    /// Nothing more is started; what runs may end.
    case draining
    /// What runs was told to end.
    case ending

    /// - Parameter running: how many are known to run; 0 if none are, or nobody could be asked.
    /// Fits into 40 columns.
    func text(running: Int) -> String {
        let count = HumanText.count(running)
        switch (self, running) {
        case (.draining, 0): return "stopping: Ctrl-C again ends what runs"
        case (.draining, 1): return "stopping: 1 runs; Ctrl-C again ends it"
        case (.draining, _): return "stopping: \(count) run; Ctrl-C again ends them"
        case (.ending, 0...1): return "ending what runs; Ctrl-C again kills it"
        case (.ending, _): return "ending \(count); Ctrl-C again kills them"
        }
    }
}

package enum LiveConnection: Hashable, Sendable {
    case connected
    /// The coordinator hasn't been heard of since then, so what is shown may be old.
    case lost(since: Timestamp)
    /// It has been found again, and what is shown is its present state.
    case caughtUp(at: Timestamp, after: Duration)
}

/// The columns and rows of a terminal.
package struct TerminalSize: Hashable, Sendable {
    package var columns: Int
    package var rows: Int

    package init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }
}

import BatchProgress

/// All that the live view shows.
package struct LiveState: Hashable, Sendable {
    package var batches: [LiveBatch]
    package var connection: LiveConnection

    package init(batches: [LiveBatch] = [], connection: LiveConnection = .connected) {
        self.batches = batches
        self.connection = connection
    }

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
        return LiveState(batches: places.map { batches[$0] }, connection: connection)
    }
}

/// A batch, and what of it runs now.
package struct LiveBatch: Hashable, Sendable {
    package var event: BatchProgressEvent
    /// Empty where it isn't known; then the event's `currentOperation` is shown.
    package var running: [RunningOperation]

    package init(event: BatchProgressEvent, running: [RunningOperation] = []) {
        self.event = event
        self.running = running
    }
}

package struct RunningOperation: Hashable, Sendable {
    /// As it came; the view makes it harmless.
    package var label: String
    /// 0…1; nil if it doesn't report any.
    package var progress: Double?
    /// Nil where it isn't known.
    package var startedAt: Timestamp?

    package init(label: String, progress: Double? = nil, startedAt: Timestamp? = nil) {
        self.label = label
        self.progress = progress
        self.startedAt = startedAt
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

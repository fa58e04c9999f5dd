import BatchProgress

/// What is said of one batch, before it is known how much of it there is room for.
struct BatchRow {
    /// What stands behind the bar, in this order.
    enum Field: Int, CaseIterable {
        case counts, failed, failedShort, running, rate, note, noteShort

        /// Room that is kept even while the text is shorter, so that bars don't change their length all the time.
        var usualWidth: Int {
            switch self {
            case .rate: 6
            case .note: 11
            case .noteShort: 6
            case .counts, .failed, .failedShort, .running: 0
            }
        }

        var isRightAligned: Bool {
            switch self {
            case .note, .noteShort: false
            case .counts, .failed, .failedShort, .running, .rate: true
            }
        }
    }

    struct Cell {
        var text: String
        var role: ViewRole
    }

    let mark: BatchMark
    let label: TerminalText
    let bar: ProgressBar
    let percent: String
    let fields: [Field: Cell]

    init(_ batch: LiveBatch, at now: Timestamp?, _ style: ViewStyle) {
        let event = batch.event
        mark = BatchMark(of: event, at: now, style)
        label = TerminalText(event.label ?? event.batchId.description, unicode: style.unicode)
        let fraction = event.status.isEnd ? 1 : max(event.progress, event.finishedFraction)
        bar = ProgressBar(fraction: fraction, isEnded: event.status.isEnd)
        percent = event.percentText
        fields = Self.fields(batch, style)
    }

    private static func fields(_ batch: LiveBatch, _ style: ViewStyle) -> [Field: Cell] {
        let event = batch.event
        var fields: [Field: Cell] = [:]
        fields[.counts] = Cell(
            text: "\(HumanText.count(event.finishedOperations))/\(HumanText.count(event.totalOperations))",
            role: .plain)
        if event.failedOperations > 0 {
            let failed = HumanText.count(event.failedOperations)
            fields[.failed] = Cell(text: "\(failed) failed", role: .bad)
            fields[.failedShort] = Cell(text: failed + (style.unicode ? "✗" : "x"), role: .bad)
        }
        // What was asked for a moment ago may still run of what has ended since.
        if !event.status.isEnd, !batch.running.isEmpty {
            fields[.running] = Cell(text: "\(HumanText.count(batch.running.count)) running", role: .faint)
        }
        if event.status == .processing, let rate = event.operationsPerSecond.flatMap(HumanText.rate) {
            fields[.rate] = Cell(text: rate, role: .faint)
        }
        fields[.note] = note(event, short: false)
        fields[.noteShort] = note(event, short: true)
        return fields
    }

    /// The time left, or what there is to say in its place.
    private static func note(_ event: BatchProgressEvent, short: Bool) -> Cell? {
        switch event.status {
        case .pending: return Cell(text: "waiting", role: .faint)
        case .paused: return Cell(text: "paused", role: .warning)
        case .processing where event.cancelling == true: return Cell(text: "cancelling", role: .warning)
        case .cancelled: return Cell(text: "cancelled", role: .warning)
        case .processing:
            let left = event.estimatedSecondsRemaining.flatMap(HumanText.timeLeft)
            return left.map { Cell(text: short ? $0 : "\($0) left", role: .plain) }
        case .completed, .failed:
            return event.durationText.map { Cell(text: short ? $0 : "in \($0)", role: .faint) }
        }
    }
}

extension BatchProgressEvent {
    /// Finished over total; 100% is said at the end, and never before.
    var percentText: String {
        if status.isEnd { return "100%" }
        let percent = (finishedFraction * 100).rounded(.down)
        return "\(Int(min(max(0, percent), 99)))%"
    }

    /// From the start to the last change.
    var durationText: String? {
        startedAt.map { HumanText.duration(seconds: (updatedAt - $0).inSeconds) }
    }
}

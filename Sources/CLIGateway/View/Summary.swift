import BatchProgress

/// The lines at the end: what happened, and what to do next.
package struct Summary {
    private static let shownFailures = 3
    private static let longestLabel = 60

    private let event: BatchProgressEvent
    private let belongsToRun: Bool
    private let lost: Int
    private let style: ViewStyle

    /// - Parameters:
    ///   - event: the last of the batch; if that is no end, the command was interrupted, and the rest of the
    ///     batch waits.
    ///   - belongsToRun: only workers that come with `tally run` take it.
    ///   - lost: how many of its operations a `tally run` that was interrupted cut short.
    package init(_ event: BatchProgressEvent, belongsToRun: Bool, lost: Int = 0, style: ViewStyle) {
        self.event = event
        self.belongsToRun = belongsToRun
        self.lost = lost
        self.style = style
    }

    package var lines: [ViewLine] {
        [headline] + failures + nextSteps
    }

    /// What happened, in one sentence: `thumbnails: 2 of 1,000 failed in 2m 05s`.
    static func sentence(_ event: BatchProgressEvent, _ style: ViewStyle) -> String {
        let label = event.labelText(style, longest: longestLabel)
        let total = HumanText.count(event.totalOperations)
        let completed = HumanText.count(event.completedOperations)
        let failed = HumanText.count(event.failedOperations)
        let duration = event.durationText.map { " in \($0)" } ?? ""
        let butFailed = event.failedOperations > 0 ? ", \(failed) failed" : ""
        switch event.status {
        case .completed where event.totalOperations == 0: return "\(label): nothing to do"
        case .completed: return "\(label): \(completed) completed\(duration)"
        case .failed: return "\(label): \(failed) of \(total) failed\(duration)"
        case .cancelled: return "\(label): cancelled, \(completed) of \(total) completed\(butFailed)"
        case .pending, .processing, .paused:
            return "\(label): stopped, \(completed) of \(total) completed\(butFailed)"
        }
    }

    private var headline: ViewLine {
        let shown = event.stoppedIfRunning
        let mark = BatchMark(of: shown, at: nil, style)
        var line = ViewLine(style)
        line.add(mark.sign, mark.role)
        line.add(" \(Self.sentence(event, style))")
        return line
    }

    private var failures: [ViewLine] {
        let named = (event.errors ?? []).suffix(Self.shownFailures)
        let more = event.failedOperations - named.count
        let lines = named.map { indented($0.text(style)) }
        return named.isEmpty || more <= 0 ? lines : lines + [indented("and \(HumanText.count(more)) more")]
    }

    private func indented(_ text: String) -> ViewLine {
        var line = ViewLine(style)
        line.add("    \(text)", .faint)
        return line
    }

    /// What to type now; empty when all is well.
    package var nextSteps: [ViewLine] {
        var steps: [(String, String)] = []
        if event.failedOperations > 0 { steps.append(("see why", "tally logs \(event.batchId) --failed")) }
        if !event.status.isEnd {
            steps.append(("go on", "tally run --resume \(event.batchId)"))
        } else if event.failedOperations > lost {
            let retry = BatchDetail.retry(of: event.batchId, belongsToRun: belongsToRun)
            steps.append(("try again", retry))
        }
        if lost > 0 { steps.append(("cut short", "tally run --resume \(event.batchId) --rerun-lost")) }
        return steps.map { reason, command in
            var line = ViewLine(style)
            line.add("  \(reason):", .faint)
            line.pad(to: 14)
            line.add(command, .strong)
            return line
        }
    }
}

extension BatchProgressEvent {
    /// The label, or the id of a batch without one.
    func labelText(_ style: ViewStyle, longest: Int) -> String {
        TerminalText(label ?? batchId.description, unicode: style.unicode).cut(to: longest)
    }

    /// With the status that an interrupted batch has.
    fileprivate var stoppedIfRunning: BatchProgressEvent {
        guard !status.isEnd else { return self }
        var stopped = self
        stopped.status = .paused
        return stopped
    }
}

extension BatchFailure {
    /// `IMG_2041.png: cannot open (exit 1)`.
    func text(_ style: ViewStyle) -> String {
        let subject = label ?? "operation \(operation)"
        let shown = TerminalText(subject, unicode: style.unicode).cut(to: 60)
        let reason = TerminalText(messageAlone, unicode: style.unicode).cut(to: 120)
        let exit = exitCode.map { "exit \($0)" }
        // A command that printed nothing has no other message.
        let saysNoMore = reason.isEmpty || exitCode.map { message == "exit code \($0)" } ?? false
        switch (saysNoMore, exit) {
        case (false, let exit?): return "\(shown): \(reason) (\(exit))"
        case (false, nil): return "\(shown): \(reason)"
        case (true, let exit?): return "\(shown): \(exit)"
        case (true, nil): return shown
        }
    }

    /// Many a tool begins with the file's name itself.
    private var messageAlone: String {
        guard let label, message.hasPrefix("\(label): ") else { return message }
        return String(message.dropFirst(label.count + 2))
    }
}

import BatchProgress

extension RenderedMessage {
    private static let longestTitle = 120
    private static let longestOperation = 100
    private static let barWidth = 12
    private static let mostFailures = 3

    /// ```text
    /// 🔄 thumbnails: 58%, 5,812 of 10,000 finished, 22 failed
    /// ███████░░░░░ 41/s, about 2m 05s left
    /// now: img_1234.png
    /// batch k3x9mq2wpd
    /// ```
    package init(of event: BatchProgressEvent) {
        self.init()
        let hasLabel = addHeadline(event)
        breakLine()
        addBar(event)
        addPresent(event)
        if event.status.isEnd { add(failures: event.errors ?? [], of: event.failedOperations) }
        if hasLabel {
            breakLine()
            add("batch \(event.batchId)")
        }
    }

    /// What whoever asked for a batch is told when it has ended.
    ///
    /// - Parameter failures: the first ones, as far as they are known.
    package init(mentioning users: [MatrixUserID], endOf event: BatchProgressEvent, failures: [BatchFailure])
    {
        self.init()
        for user in users {
            add(user: user)
            add(": ")
        }
        addHeadline(event)
        add(failures: failures, of: event.failedOperations)
    }

    /// `🔄 thumbnails: 58%, 5,812 of 10,000 finished, 22 failed`
    ///
    /// - Returns: whether it names the batch by its label.
    @discardableResult
    mutating func addHeadline(_ event: BatchProgressEvent) -> Bool {
        add("\(event.mark) ")
        let label = SafeText(event.label ?? "", limit: Self.longestTitle)
        if label.isEmpty { add("batch \(event.batchId)", .strong) } else { add(label, .strong) }
        add(": \(event.standing), \(event.counts)")
        if event.status.isEnd, let lasted = event.lasted {
            add(", \(HumanText.duration(seconds: lasted.inSeconds))")
        }
        return !label.isEmpty
    }

    /// Until the end it is never quite full, as 100% is never said.
    private mutating func addBar(_ event: BatchProgressEvent) {
        let full = Self.barWidth * event.percent / 100
        add(
            String(repeating: "█", count: full) + String(repeating: "░", count: Self.barWidth - full),
            .code)
        guard event.status == .processing else { return }
        let rate = event.operationsPerSecond.flatMap(HumanText.rate)
        let left = event.estimatedSecondsRemaining.flatMap(HumanText.timeLeft).map { "about \($0) left" }
        let pace = [rate, left].compactMap(\.self).joined(separator: ", ")
        if !pace.isEmpty { add(" \(pace)") }
    }

    private mutating func addPresent(_ event: BatchProgressEvent) {
        guard !event.status.isEnd, let operation = event.currentOperation else { return }
        let text = SafeText(operation, limit: Self.longestOperation)
        guard !text.isEmpty else { return }
        breakLine()
        add("now: ")
        add(text, .code)
    }

    private mutating func add(failures: [BatchFailure], of count: Int) {
        let shown = failures.prefix(Self.mostFailures)
        for failure in shown {
            breakLine()
            add("• ")
            let label = SafeText(failure.label ?? "", limit: Self.longestOperation)
            if label.isEmpty { add("operation \(failure.operation)") } else { add(label, .code) }
            let code = failure.exitCode.map { "exit code \($0)" }
            if let code { add(", \(code)") }
            // A command that said nothing failed with its exit code as the message.
            let message = SafeText(failure.message, limit: 200)
            if !message.isEmpty, message.plain != code {
                add(": ")
                add(message)
            }
        }
        if !shown.isEmpty, count > shown.count {
            breakLine()
            add("and \(HumanText.count(count - shown.count)) more")
        }
    }
}

extension BatchProgressEvent {
    package var mark: String {
        switch status {
        case .pending, .processing: "🔄"
        case .paused: "⏸"
        case .completed: "✅"
        case .failed: "❌"
        case .cancelled: "🚫"
        }
    }

    /// Of what was asked for, how much is done: 0…100, and 100 only at the end of a batch that ran to its end.
    package var percent: Int {
        switch status {
        case .completed, .failed: return 100
        case .cancelled:
            guard totalOperations > 0 else { return 0 }
            return min(99, (completedOperations + failedOperations) * 100 / totalOperations)
        case .pending, .processing, .paused: return min(99, Int(min(max(0, progress), 1) * 100))
        }
    }

    /// How long it took so far, by the coordinator's clock; nil until something was started.
    package var lasted: Duration? {
        startedAt.map { max(.zero, updatedAt - $0) }
    }

    /// Where it stands, in a word or two, with how far it is.
    fileprivate var standing: String {
        switch status {
        case .pending: "waiting"
        case .processing: (cancelling == true ? "being cancelled, " : "") + "\(percent)%"
        case .paused: "paused at \(percent)%"
        case .completed: "completed"
        case .failed: "ended with failures"
        case .cancelled: "cancelled at \(percent)%"
        }
    }

    fileprivate var counts: String {
        let total = HumanText.count(totalOperations)
        var parts = ["\(HumanText.count(completedOperations + failedOperations)) of \(total) finished"]
        if failedOperations > 0 { parts.append("\(HumanText.count(failedOperations)) failed") }
        if cancelledOperations > 0 { parts.append("\(HumanText.count(cancelledOperations)) cancelled") }
        return parts.joined(separator: ", ")
    }
}

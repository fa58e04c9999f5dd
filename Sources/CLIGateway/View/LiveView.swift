import BatchProgress

/// The live view of a terminal: one bar a batch, below it what runs now, and what is wrong.
///
/// A frame is a pure function of the state, the terminal and the time; `TerminalPainter` brings it to the
/// screen. No line is wider than the terminal, and one row is left for the cursor.
package struct LiveView {
    private static let mostRunning = 8
    /// How long it is said that the coordinator has been found again.
    private static let caughtUpShown = Duration.seconds(3)

    private let state: LiveState
    private let size: TerminalSize
    private let style: ViewStyle
    private let now: Timestamp

    package init(_ state: LiveState, size: TerminalSize, style: ViewStyle, now: Timestamp) {
        self.state = state.inOrder
        self.size = size
        self.style = style
        self.now = now
    }

    package var lines: [ViewLine] {
        let available = size.rows - 1
        guard available > 0, size.columns > 0 else { return [] }
        let notices = [interruptionLine, connectionLine].compactMap(\.self).suffix(available - 1)
        return batchLines(rows: available - notices.count) + notices
    }

    private func batchLines(rows: Int) -> [ViewLine] {
        let selection = BatchSelection(state.batches.map(\.event), rows: rows)
        let batches = selection.shown.map { state.batches[$0] }
        let table = BatchTable(
            batches.map { BatchRow($0, at: isLost ? nil : now, style) }, columns: size.columns, style)
        guard selection.hidden.isEmpty else {
            return table.lines() + (rows > 1 ? [overflowLine(selection.hidden)] : [])
        }
        let shares = shares(of: rows - batches.count, among: batches)
        return zip(table.lines(), zip(batches, shares)).flatMap { line, batch in
            [line] + runningLines(batch.0, rows: batch.1)
        }
    }

    private var isLost: Bool {
        if case .lost = state.connection { true } else { false }
    }

    private var interruptionLine: ViewLine? {
        state.interruption.map { message($0.text(running: state.runningCount), .warning) }
    }

    private var connectionLine: ViewLine? {
        switch state.connection {
        case .connected: return nil
        case .lost(let since):
            let lost = HumanText.duration(seconds: max(1, (now - since).inSeconds))
            return message("! coordinator lost for \(lost), trying again; the above may be old", .warning)
        case .caughtUp(let moment, let gap):
            guard now - moment < Self.caughtUpShown else { return nil }
            let sign = style.unicode ? "✓" : "+"
            return message(
                "\(sign) coordinator found again after \(HumanText.duration(seconds: gap.inSeconds))", .good)
        }
    }

    private func overflowLine(_ hidden: [BatchProgressEvent]) -> ViewLine {
        let words: [(BatchStatus, String)] = [
            (.failed, "failed"), (.paused, "paused"), (.pending, "waiting"), (.cancelled, "cancelled"),
            (.completed, "completed"),
        ]
        let parts = words.compactMap { status, word in
            let count = hidden.count { $0.status == status }
            return count > 0 ? "\(count) \(word)" : nil
        }
        let ellipsis = style.unicode ? "…" : "..."
        let details = parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
        return message("\(ellipsis) and \(HumanText.count(hidden.count)) more\(details)", .faint)
    }

    private func message(_ text: String, _ role: ViewRole) -> ViewLine {
        var line = ViewLine(style)
        line.add(TerminalText(text, unicode: style.unicode).cut(to: size.columns), role)
        return line
    }

    // MARK: - What runs now

    /// The free rows, dealt out in turn.
    private func shares(of free: Int, among batches: [LiveBatch]) -> [Int] {
        let wanted = batches.map { batch in
            let isStanding = batch.standstill != nil
            return isStanding ? 1 : min(Self.mostRunning, operations(of: batch).count)
        }
        var shares = batches.map { _ in 0 }
        var left = free
        while left > 0,
            let next = shares.indices.filter({ shares[$0] < wanted[$0] }).min(by: { shares[$0] < shares[$1] })
        {
            shares[next] += 1
            left -= 1
        }
        return shares
    }

    private func operations(of batch: LiveBatch) -> [RunningOperation] {
        guard !batch.event.status.isEnd else { return [] }
        guard batch.running.isEmpty else {
            return batch.running.sorted { ($0.startedAt ?? now) < ($1.startedAt ?? now) }
        }
        return batch.event.currentOperation.map { [RunningOperation(label: $0)] } ?? []
    }

    private func runningLines(_ batch: LiveBatch, rows: Int) -> [ViewLine] {
        if let standstill = batch.standstill {
            return rows > 0 ? [message("           \(standstill)", .warning)] : []
        }
        let operations = operations(of: batch)
        guard rows > 0, operations.count > rows else { return operations.prefix(rows).map(runningLine) }
        let hidden = operations.count - rows + 1
        let more = message("           and \(HumanText.count(hidden)) more", .faint)
        return operations.prefix(rows - 1).map(runningLine) + [more]
    }

    /// `     12s  IMG_2041.png  45%  resizing`
    private func runningLine(_ operation: RunningOperation) -> ViewLine {
        var line = ViewLine(style)
        let time = operation.startedAt.map { HumanText.wholeSeconds((now - $0).inSeconds) } ?? ""
        let progress = operation.progress.map { "  \(Int((min(max(0, $0), 1) * 100).rounded(.down)))%" } ?? ""
        let indent = min(9, size.columns / 4)
        line.pad(to: indent - time.count)
        guard size.columns >= indent + 2 + progress.count + 1, time.count <= indent else { return line }
        line.add(time, .faint)
        line.add("  ")
        let room = size.columns - line.width - progress.count
        let label = TerminalText(operation.label, unicode: style.unicode)
        let message = operation.message.map { TerminalText($0, unicode: style.unicode) }
        let messageWidth = message.map { widthOfMessage($0, in: room, beside: label) } ?? 0
        line.add(label.cut(to: room - messageWidth))
        line.add(progress, .faint)
        if let message, messageWidth > 0 { line.add("  " + message.cut(to: messageWidth - 2), .faint) }
        return line
    }

    /// What is to spare beside the label, but no less than a third, with the space before it; 0 if that is too
    /// little to say anything.
    private func widthOfMessage(_ message: TerminalText, in room: Int, beside label: TerminalText) -> Int {
        let wanted = min(message.width + 2, max(room - label.width, room / 3))
        return message.width > 0 && wanted >= min(message.width, 6) + 2 ? wanted : 0
    }
}

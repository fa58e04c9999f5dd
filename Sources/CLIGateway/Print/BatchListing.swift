import BatchProgress
import Foundation

/// Batches for one look: a line each, or one in full.
package struct BatchListing {
    private let batches: [BatchDetail]
    private let style: ViewStyle

    package init(_ batches: [BatchDetail], environment: [String: String]) {
        self.batches = batches
        let isTerminal = Descriptor.standardOutput.isTerminal
        var style = ViewStyle(environment: environment)
        style.colour = style.colour && isTerminal
        self.style = style
    }

    /// - Parameter single: one was asked for by its id.
    /// - Throws: what `Descriptor.print` does.
    package func print(json: Bool, single: Bool) throws {
        try Descriptor.standardOutput.print(
            json ? jsonLines : single ? batches.flatMap(fullLines) : tableLines)
    }

    private var jsonLines: [String] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        return batches.compactMap { detail in
            (try? encoder.encode(detail)).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    var tableLines: [String] {
        guard !batches.isEmpty else { return ["no batches"] }
        return TextTable(
            header: ["ID", "STATUS", "FINISHED", "FAILED", "TOTAL", "LABEL"],
            rows: batches.map { detail in
                let event = detail.event
                return [
                    event.batchId.description, statusText(detail), HumanText.count(event.finishedOperations),
                    HumanText.count(event.failedOperations), HumanText.count(event.totalOperations),
                    event.label.map { TerminalText($0, unicode: style.unicode).cut(to: 40) } ?? "",
                ]
            }
        ).lines
    }

    func fullLines(_ detail: BatchDetail) -> [String] {
        let event = detail.event
        var lines = [
            "\(event.labelText(style, longest: 60))  (\(event.batchId))",
            "  status     \(statusText(detail))",
        ]
        lines.append("  finished   \(counts(event))")
        // With nobody there who goes on with a run, it was the pace of those who have gone.
        if detail.waitsFor == nil || !detail.belongsToRun { lines += pace(event) }
        if let next = detail.goesOnBy { lines.append("  paused     go on with: \(next)") }
        if let reason = detail.waitsFor {
            lines.append("  waiting    \(TerminalText(reason, unicode: style.unicode).text)")
        }
        if let source = detail.retryOf { lines.append("  retry of   \(source)") }
        if let actor = detail.actor {
            lines.append("  asked by   \(TerminalText(actor, unicode: style.unicode).cut(to: 60))")
        }
        lines.append("  accepted   \(detail.createdAt)")
        if let endedAt = detail.endedAt { lines.append("  ended      \(endedAt)") }
        return lines + (event.errors ?? []).map { "  failed     \($0.text(style))" }
    }

    private func pace(_ event: BatchProgressEvent) -> [String] {
        let rate = event.operationsPerSecond.flatMap(HumanText.rate).map { "  rate       \($0)" }
        let left = event.estimatedSecondsRemaining.flatMap(HumanText.timeLeft).map { "  time left  \($0)" }
        return [rate, left].compactMap(\.self)
    }

    private func statusText(_ detail: BatchDetail) -> String {
        if detail.event.cancelling == true { return "cancelling" }
        if !detail.sealed, !detail.event.status.isEnd { return "\(detail.event.status.rawValue), open" }
        return detail.event.status.rawValue
    }

    private func counts(_ event: BatchProgressEvent) -> String {
        var text = "\(HumanText.count(event.finishedOperations)) of \(HumanText.count(event.totalOperations))"
        text += ": \(HumanText.count(event.completedOperations)) completed"
        text += ", \(HumanText.count(event.failedOperations)) failed"
        text += ", \(HumanText.count(event.cancelledOperations)) cancelled"
        if event.retriedOperations > 0 { text += "; \(HumanText.count(event.retriedOperations)) tried again" }
        return text
    }
}

import BatchProgress
import MatrixRoom

@testable import CLIGateway
@testable import MCPGateway

/// All that shows a batch's state to somebody. Control characters and what turns a line around get through nowhere.
final class Views {
    private var plain = PlainProgress(unicode: true)
    private var painter = TerminalPainter()
    private var now = Timestamp(microseconds: 1_700_000_000_000_000)
    private static let sizes = [(80, 24), (20, 5), (1, 2), (7, 3), (200, 9)].map {
        TerminalSize(columns: $0.0, rows: $0.1)
    }

    func show(_ event: BatchProgressEvent) {
        now = now + .milliseconds(700)
        requireHarmless(plain.update(event, at: now) + plain.tick(at: now))
        // One way of each that there are, as it comes.
        let unicode = event.revision % 2 == 0
        let style = ViewStyle(colour: false, unicode: unicode)
        requireHarmless(Summary(event, belongsToRun: unicode, style: style).lines.map(\.text))
        showLive(event, Self.sizes[Int(event.revision / 2) % Self.sizes.count], style)
        showToOthers(event)
    }

    private func showLive(_ event: BatchProgressEvent, _ size: TerminalSize, _ style: ViewStyle) {
        let running = RunningOperation(
            label: event.label ?? "", progress: event.operationsPerSecond, message: event.currentOperation,
            startedAt: event.startedAt)
        let batch = LiveBatch(event: event, running: event.cancelling == nil ? [] : [running])
        let lines = LiveView(LiveState(batches: [batch]), size: size, style: style, now: now).lines
        require(lines.count < size.rows, "more lines than rows")
        for line in lines {
            require(
                line.width <= size.columns, "\(line.width) of \(size.columns): \(line.text.debugDescription)")
        }
        requireHarmless(lines.map(\.text))
        _ = painter.paint(lines, size: size, at: now)
    }

    private func showToOthers(_ event: BatchProgressEvent) {
        let message = RenderedMessage(of: event)
        require(isHarmless(message.body, lines: true), message.body.debugDescription)
        require(!message.html.contains("<script"), message.html)
        requireHarmless([StatusText.line(event)] + (event.errors ?? []).map(StatusText.line))
    }
}

func requireHarmless(_ lines: [String]) {
    for line in lines { require(isHarmless(line), line.debugDescription) }
}

/// Nothing in it moves a cursor, ends a line or turns it around. What isolates text that is written from right to left,
/// and joiners, are ours or harmless.
func isHarmless(_ text: String, lines: Bool = false) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
        switch scalar {
        case "\n": return lines
        case "\u{200C}", "\u{200D}", "\u{200E}", "\u{2060}", "\u{2068}", "\u{2069}": return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return false
        default: return true
        }
    }
}

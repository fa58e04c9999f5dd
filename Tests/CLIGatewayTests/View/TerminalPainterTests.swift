import BatchProgress
import Testing

@testable import CLIGateway

@Suite struct TerminalPainterTests {
    private func line(_ text: String) -> ViewLine {
        var line = ViewLine(.plain)
        line.add(text)
        return line
    }

    private func lines(_ texts: [String]) -> [ViewLine] {
        texts.map(line)
    }

    private func bytes(_ step: TerminalPainter.Step) -> String {
        guard case .write(let bytes) = step else { return "\(step)" }
        return String(decoding: bytes, as: UTF8.self)
    }

    private let size = TerminalSize(columns: 20, rows: 5)

    @Test func writesOnlyWhatChanged() {
        var painter = TerminalPainter()
        #expect(
            bytes(painter.paint(lines(["aaa", "bbb", "ccc"]), size: size, at: noon))
                == "\u{1B}[?2026h\u{1B}[?25l\r\u{1B}[?7laaa\r\nbbb\r\nccc\r\n\u{1B}[?7h\u{1B}[?2026l")
        #expect(
            bytes(painter.paint(lines(["aaa", "bb", "ccc"]), size: size, at: noon + .seconds(1)))
                == "\u{1B}[?2026h\r\u{1B}[3A\u{1B}[?7l\u{1B}[1Bbb\u{1B}[K\r\n\u{1B}[1B\u{1B}[?7h\u{1B}[?2026l"
        )
        #expect(
            bytes(painter.paint(lines(["aaa"]), size: size, at: noon + .seconds(2)))
                == "\u{1B}[?2026h\r\u{1B}[3A\u{1B}[?7l\u{1B}[1B\u{1B}[?7h\u{1B}[J\u{1B}[?2026l")
        #expect(painter.paint(lines(["aaa"]), size: size, at: noon + .seconds(3)) == .nothing)
    }

    /// In the last column erasing to the end of the line would take the last character.
    @Test func aFullLineIsNotErasedAtItsEnd() {
        var painter = TerminalPainter()
        _ = painter.paint([line("a")], size: size, at: noon)
        let full = String(repeating: "b", count: 20)
        #expect(!bytes(painter.paint([line(full)], size: size, at: noon + .seconds(1))).contains("\u{1B}[K"))
    }

    @Test func paintsTenTimesASecondAtMost() {
        var painter = TerminalPainter()
        var written = 0
        for millisecond in 0..<1000 {
            let now = noon + .milliseconds(millisecond)
            switch painter.paint([line("\(millisecond)")], size: size, at: now) {
            case .write: written += 1
            case .wait(let until): #expect(until > now && until <= now + .milliseconds(100))
            case .nothing: Issue.record("each frame is another")
            }
        }
        #expect(written == 10)
    }

    @Test func whatIsPrintedAboveWaitsForThePaintAndIsNotLost() {
        var painter = TerminalPainter()
        _ = painter.paint([line("bar")], size: size, at: noon)
        painter.printAbove(Array("one\n".utf8))
        #expect(painter.paint([line("bar")], size: size, at: noon) == .wait(until: noon + .milliseconds(100)))
        painter.printAbove(Array("two".utf8))
        #expect(
            bytes(painter.paint([line("bar")], size: size, at: noon + .seconds(1)))
                == "\u{1B}[?2026h\r\u{1B}[1A\u{1B}[K\u{1B}[1B\u{1B}[J\u{1B}[1Aone\ntwo\n\u{1B}[0m\u{1B}[?7lbar\r\n\u{1B}[?7h\u{1B}[?2026l"
        )
    }

    @Test func theEndLeavesLinesAndTheCursor() {
        var painter = TerminalPainter()
        var terminal = TestTerminal(columns: 20, rows: 5)
        guard case .write(let first) = painter.paint(lines(["a", "b"]), size: size, at: noon) else { return }
        terminal.feed(first)
        #expect(!terminal.cursorIsVisible)
        painter.printAbove(Array("said".utf8))
        terminal.feed(painter.finish(leaving: lines(["1", "2", "3", "4", "5", "6"]), size: size))
        #expect(terminal.text == ["said", "1", "2", "3", "4", "5", "6"])
        #expect(terminal.cursorIsVisible && terminal.cursorIsAtLineStartBelowEverything)
    }

    @Test func whatStaysIsWhole() {
        var painter = TerminalPainter()
        var terminal = TestTerminal(columns: 10, rows: 5)
        let size = TerminalSize(columns: 10, rows: 5)
        if case .write(let frame) = painter.paint(lines(["a long line is cut"]), size: size, at: noon) {
            terminal.feed(frame)
        }
        #expect(terminal.text.count == 1)
        terminal.feed(painter.finish(leaving: lines(["tally run --resume k3x9mq2wpd"]), size: size))
        #expect(terminal.text.joined() == "tally run --resume k3x9mq2wpd")
    }

    @Test func afterWithdrawingItBeginsAnew() {
        var painter = TerminalPainter()
        var terminal = TestTerminal(columns: 20, rows: 5)
        for second in 0..<2 {
            let now = noon + .seconds(second)
            guard case .write(let frame) = painter.paint(lines(["a", "b"]), size: size, at: now) else {
                return
            }
            terminal.feed(frame)
            #expect(terminal.text.suffix(2) == ["a", "b"] && !terminal.cursorIsVisible)
            terminal.feed(painter.withdraw(size: size))
            #expect(terminal.cursorIsVisible)
            terminal.feed(Array("$ fg\n".utf8))
        }
        #expect(terminal.text == ["$ fg", "$ fg"])
    }

    @Test func restoreUndoesEverything() {
        var terminal = TestTerminal(columns: 20, rows: 5)
        terminal.feed(Array("\u{1B}[?2026h\u{1B}[?25l\u{1B}[?7l\u{1B}[31m".utf8) + TerminalPainter.restore)
        #expect(terminal.cursorIsVisible && !terminal.isSynchronised && terminal.unknown.isEmpty)
        terminal.feed(Array((String(repeating: "x", count: 25)).utf8))
        #expect(terminal.text == [String(repeating: "x", count: 25)])
    }

    // MARK: - Against a terminal

    /// One thing after another, at random: the screen is right after each, and nothing printed is lost. It is
    /// high enough for the frame's rows even when each line of it is broken into many.
    @Test(arguments: 0..<12)
    func theScreenIsAlwaysRight(seed: Int) {
        var generator = SeededGenerator(state: UInt64(seed))
        var painter = TerminalPainter()
        var size = TerminalSize(columns: 40, rows: 60)
        var terminal = TestTerminal(columns: size.columns, rows: size.rows)
        var printed: [String] = []
        for step in 0..<40 {
            if Int.random(in: 0..<4, using: &generator) == 0 {
                size.columns = Int.random(in: 10...90, using: &generator)
                terminal.resize(columns: size.columns, rows: size.rows, .wraps)
            }
            if Int.random(in: 0..<3, using: &generator) == 0 {
                let text =
                    "\(step)" + String(repeating: "out ", count: Int.random(in: 0...40, using: &generator))
                    + "."
                painter.printAbove(Array(text.utf8))
                printed.append(text)
            }
            let frame = randomFrame(size, &generator)
            if case .write(let output) = painter.paint(frame, size: size, at: noon + .seconds(step)) {
                terminal.feed(output)
            }
            #expect(terminal.text == printed + frame.map { visible($0).trimmingEnd })
            #expect(
                terminal.cursorIsAtLineStartBelowEverything && terminal.unknown.isEmpty
                    && !terminal.isSynchronised)
        }
        terminal.feed(painter.finish(leaving: [line("done")], size: size))
        #expect(terminal.text == printed + ["done"])
    }

    /// Where long lines are cut off, a few lines above may go, but nothing old stays below or between.
    @Test(arguments: 0..<20)
    func noDebrisWhereLinesAreCutOff(seed: Int) {
        var generator = SeededGenerator(state: UInt64(seed))
        var painter = TerminalPainter()
        var size = TerminalSize(columns: 40, rows: 12)
        var terminal = TestTerminal(columns: size.columns, rows: size.rows)
        for step in 0..<40 {
            size.columns = Int.random(in: 10...90, using: &generator)
            terminal.resize(columns: size.columns, rows: size.rows, .cuts)
            painter.printAbove(Array("o".utf8))
            let frame = randomFrame(size, &generator)
            if case .write(let output) = painter.paint(frame, size: size, at: noon + .seconds(step)) {
                terminal.feed(output)
            }
            let below = frame.map { visible($0).trimmingEnd }
            #expect(terminal.text.suffix(below.count) == below[...])
            #expect(terminal.text.dropLast(below.count).allSatisfy { $0 == "o" })
        }
    }

    /// A terminal that becomes lower pushes rows into the scroll-back, which no program can take back; the
    /// screen itself is right.
    @Test(arguments: 0..<20)
    func theScreenIsRightAfterItsHeightChanged(seed: Int) {
        var generator = SeededGenerator(state: UInt64(seed))
        var painter = TerminalPainter()
        var size = TerminalSize(columns: 40, rows: 12)
        var terminal = TestTerminal(columns: size.columns, rows: size.rows)
        for step in 0..<40 {
            size = TerminalSize(
                columns: Int.random(in: 10...90, using: &generator),
                rows: Int.random(in: 2...14, using: &generator))
            terminal.resize(columns: size.columns, rows: size.rows, .wraps)
            let frame = randomFrame(size, &generator)
            if case .write(let output) = painter.paint(frame, size: size, at: noon + .seconds(step)) {
                terminal.feed(output)
            }
            let below = frame.map { visible($0).trimmingEnd }
            #expect(terminal.screen.suffix(below.count) == below[...])
            #expect(terminal.cursorIsAtLineStartBelowEverything)
        }
    }

    private func randomFrame(_ size: TerminalSize, _ generator: inout SeededGenerator) -> [ViewLine] {
        let batches = (0..<Int.random(in: 1...6, using: &generator)).map { number in
            let label = ["thumbnails", "名前の長いファイル", "a/b/c.png", "x"].randomElement(using: &generator)
            let finished = Int.random(in: 0...3, using: &generator)
            return LiveBatch(
                event: batch(label, finished, of: 3, failed: finished / 2, left: 7, id: "b\(number)"))
        }
        let style = ViewStyle(colour: true, unicode: true)
        return LiveView(LiveState(batches: batches), size: size, style: style, now: noon).lines
    }

    private func visible(_ line: ViewLine) -> String {
        line.text.replacing(#/\u{1B}\[[0-9;]*m/#, with: "")
    }
}

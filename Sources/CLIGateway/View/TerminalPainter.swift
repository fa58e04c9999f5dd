import BatchProgress

/// Brings frames to a terminal without flicker, and keeps what is printed above them in the scroll-back.
///
/// The frame's rows stand above the cursor, which waits in the first column of the row below, so that
/// whatever else writes to the terminal, or a process killed on the spot, harms little. Sequences are those of
/// ECMA-48 and DEC that every terminal of the last thirty years knows, and synchronised output (private mode
/// 2026), which others ignore.
package struct TerminalPainter: Sendable {
    package enum Step: Hashable, Sendable {
        case write([UInt8])
        /// Too soon after the last: paint again at this moment.
        case wait(until: Timestamp)
        /// The screen is as it should be.
        case nothing
    }

    /// Ten repaints a second at most: more can't be read.
    private static let interval = Duration.milliseconds(100)

    /// Undoes whatever a painter may have switched on; right on any exit, at any moment.
    package static let restore = Array("\u{1B}[?2026l\u{1B}[?7h\u{1B}[0m\u{1B}[?25h".utf8)

    private var shown: [ViewLine] = []
    private var shownSize = TerminalSize(columns: 0, rows: 0)
    private var above: [UInt8] = []
    private var lastPaint: Timestamp?
    private var hidesCursor = false

    package init() {}

    /// What is to stay above the frame: whole lines, as an operation printed them. It is written with the next
    /// paint; a line break is added if the last line has none.
    package mutating func printAbove(_ bytes: [UInt8]) {
        above += bytes
        if let last = above.last, last != UInt8(ascii: "\n") { above.append(UInt8(ascii: "\n")) }
    }

    /// The bytes that turn the screen into `lines`, of which at most `size.rows - 1` are shown.
    /// - Parameter size: the terminal's, as it is at this moment.
    package mutating func paint(_ lines: [ViewLine], size: TerminalSize, at now: Timestamp) -> Step {
        let frame = Array(lines.prefix(max(0, size.rows - 1)))
        guard frame != shown || !above.isEmpty || size != shownSize else { return .nothing }
        if let lastPaint, now < lastPaint + Self.interval { return .wait(until: lastPaint + Self.interval) }
        lastPaint = now
        var output = PainterOutput()
        if !hidesCursor { output.hideCursor() }
        hidesCursor = true
        if above.isEmpty, !frame.isEmpty, size.columns == shownSize.columns, shown.count < size.rows {
            output.rewrite(shown, as: frame, columns: size.columns)
        } else {
            erase(size, into: &output)
            output.append(frame)
        }
        shown = frame
        shownSize = size
        return .write(output.synchronised())
    }

    /// Takes the frame off the screen and gives the cursor back, before the process is stopped for a while.
    package mutating func withdraw(size: TerminalSize) -> [UInt8] {
        finish(leaving: [], size: size)
    }

    /// The last bytes: `lines` stay in the frame's place, however many they are.
    package mutating func finish(leaving lines: [ViewLine], size: TerminalSize) -> [UInt8] {
        var output = PainterOutput()
        erase(size, into: &output)
        output.appendLasting(lines)
        output.showCursor()
        self = TerminalPainter()
        return output.synchronised()
    }

    /// The frame goes, and what is to stand above comes in its place.
    private mutating func erase(_ size: TerminalSize, into output: inout PainterOutput) {
        output.eraseBelow(from: rowsOnScreen(size))
        output.appendForeign(above)
        above = []
    }

    /// How many rows the frame takes now. A terminal that became narrower has broken each longer line into
    /// several; one that cuts lines off instead only loses rows that are about to be painted anyway.
    private func rowsOnScreen(_ size: TerminalSize) -> Int {
        let rows = shown.reduce(0) { $0 + $1.rows(in: size.columns) }
        return min(rows, max(0, size.rows - 1))
    }
}

/// The bytes of one step.
private struct PainterOutput {
    private var bytes: [UInt8] = []

    mutating func hideCursor() { control("?25l") }

    mutating func showCursor() { control("?25h") }

    /// Erases the `rows` above the cursor and all below, and goes to the first of them.
    ///
    /// The first row is erased by itself: tmux takes erasing all of the screen from its very first column for
    /// `clear`, and moves what was there to the scroll-back.
    mutating func eraseBelow(from rows: Int) {
        bytes.append(UInt8(ascii: "\r"))
        guard rows > 0 else { return }
        control("\(rows)A")
        control("K")
        control("1B")
        control("J")
        control("1A")
    }

    /// Lines below each other, the cursor behind the last one's line break. Without automatic wrapping a line
    /// whose width the terminal sees differently is cut off, and the rows still count right.
    mutating func append(_ lines: [ViewLine]) {
        guard !lines.isEmpty else { return }
        control("?7l")
        for line in lines { append(line) }
        control("?7h")
    }

    /// Lines that nothing is painted over: what is too long goes on in the next row, and is there to be copied.
    mutating func appendLasting(_ lines: [ViewLine]) {
        for line in lines { append(line) }
    }

    /// What an operation printed: its colours must not go on behind it.
    mutating func appendForeign(_ text: [UInt8]) {
        guard !text.isEmpty else { return }
        bytes += text
        control("0m")
    }

    /// Writes only the lines that differ.
    mutating func rewrite(_ old: [ViewLine], as new: [ViewLine], columns: Int) {
        bytes.append(UInt8(ascii: "\r"))
        if !old.isEmpty { control("\(old.count)A") }
        control("?7l")
        var unchanged = 0
        for (index, line) in new.enumerated() {
            if index < old.count, old[index] == line {
                unchanged += 1
                continue
            }
            moveDown(unchanged)
            unchanged = 0
            append(line, erasing: index < old.count && line.width < columns)
        }
        moveDown(unchanged)
        control("?7h")
        if new.count < old.count { control("J") }
    }

    func synchronised() -> [UInt8] {
        Array("\u{1B}[?2026h".utf8) + bytes + Array("\u{1B}[?2026l".utf8)
    }

    private mutating func append(_ line: ViewLine, erasing: Bool = false) {
        bytes += Array(line.text.utf8)
        if erasing { control("K") }
        bytes += Array("\r\n".utf8)
    }

    private mutating func moveDown(_ rows: Int) {
        if rows > 0 { control("\(rows)B") }
    }

    private mutating func control(_ sequence: String) {
        bytes += Array("\u{1B}[\(sequence)".utf8)
    }
}

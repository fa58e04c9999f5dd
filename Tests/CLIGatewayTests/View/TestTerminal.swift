import Testing

/// A terminal for tests: as much of ECMA-48 as the painter uses, with scroll-back, and resizing as real ones do it.
struct TestTerminal {
    /// What a terminal does to long lines when it becomes narrower.
    enum Resizing: CaseIterable {
        /// Breaks them into several rows, and joins them again: most terminals.
        case wraps
        /// Cuts them off: xterm, the Linux console.
        case cuts
    }

    private struct Row {
        var cells: [String] = []
        /// The text goes on in the next row.
        var continues = false
    }

    private(set) var columns: Int
    private(set) var rows: Int
    private var all = [Row()]
    private var row = 0
    private var column = 0
    private var wrapsAtEnd = true
    private var isParameter = false
    private var parameters = ""
    private(set) var cursorIsVisible = true
    private(set) var isSynchronised = false
    /// Sequences that no terminal of thirty years ago would know, the two private modes apart.
    private(set) var unknown: [String] = []

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    /// Scroll-back and screen, broken lines joined, without blanks at the ends.
    var text: [String] {
        var lines: [String] = []
        var line = ""
        for row in all {
            line += row.cells.joined()
            if !row.continues {
                lines.append(line.trimmingEnd)
                line = ""
            }
        }
        while lines.last == "" { lines.removeLast() }
        return lines
    }

    /// The rows of the screen down to the last that isn't blank.
    var screen: [String] {
        var rows = all[top...].map { $0.cells.joined().trimmingEnd }
        while rows.last == "" { rows.removeLast() }
        return rows
    }

    var cursorIsAtLineStartBelowEverything: Bool {
        column == 0 && all[row...].allSatisfy { $0.cells.joined().trimmingEnd.isEmpty }
    }

    private var top: Int { max(0, all.count - rows) }

    mutating func feed(_ bytes: [UInt8]) {
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars { take(scalar) }
    }

    mutating func resize(columns: Int, rows: Int, _ resizing: Resizing) {
        self.rows = rows
        while all.count - 1 > row { all.removeLast() }  // rows below the cursor are blank with the painter
        if resizing == .wraps, columns != self.columns { rewrap(to: columns) }
        if resizing == .cuts {
            for index in top..<all.count { all[index].cells = Array(all[index].cells.prefix(columns)) }
        }
        self.columns = columns
    }

    private mutating func rewrap(to columns: Int) {
        var lines: [[String]] = [[]]
        for row in all {
            lines[lines.count - 1] += row.cells
            if !row.continues { lines.append([]) }
        }
        all = lines.dropLast().flatMap { broken($0, columns) }
        row = all.count - 1
    }

    private func broken(_ cells: [String], _ columns: Int) -> [Row] {
        var rows = [Row()]
        for (index, cell) in cells.enumerated() {
            let isWide = index + 1 < cells.count && cells[index + 1].isEmpty
            if rows[rows.count - 1].cells.count + (isWide ? 2 : 1) > columns {
                rows[rows.count - 1].continues = true
                rows.append(Row())
            }
            rows[rows.count - 1].cells.append(cell)
        }
        return rows
    }

    private mutating func take(_ scalar: Unicode.Scalar) {
        if isParameter {
            parameters.unicodeScalars.append(scalar)
            guard scalar != "[", 0x40...0x7E ~= scalar.value else { return }
            isParameter = false
            perform(String(parameters.dropFirst()))
            return
        }
        switch scalar {
        case "\u{1B}":
            isParameter = true
            parameters = ""
        case "\r": column = 0
        case "\n":
            column = 0  // as a tty with ONLCR does it
            down()
        default: put(scalar)
        }
    }

    private mutating func perform(_ sequence: String) {
        let count = Int(sequence.dropLast()) ?? 1
        switch (sequence, sequence.last) {
        case ("?25l", _): cursorIsVisible = false
        case ("?25h", _): cursorIsVisible = true
        case ("?7l", _): wrapsAtEnd = false
        case ("?7h", _): wrapsAtEnd = true
        case ("?2026h", _): isSynchronised = true
        case ("?2026l", _): isSynchronised = false
        case ("J", _): eraseBelow()
        case ("K", _): eraseLine()
        case (_, "A"): row = max(top, row - count)
        case (_, "B"): for _ in 0..<count where row < all.count - 1 { row += 1 }
        case (_, "m"): break
        default: unknown.append(sequence)
        }
    }

    /// From the very first column tmux moves what is on the screen to the scroll-back.
    private mutating func eraseBelow() {
        if row == top, column == 0, !screen.isEmpty {
            row = all.count
            all.append(Row())
        } else {
            eraseLine()
            all.removeLast(all.count - 1 - row)
        }
    }

    private mutating func eraseLine() {
        all[row].cells = Array(all[row].cells.prefix(min(column, columns - 1)))
        all[row].continues = false
    }

    private mutating func down() {
        row += 1
        if row == all.count { all.append(Row()) }
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        let width = libraryWidth(scalar)
        guard width > 0 else { return }
        if column + width > columns {
            if wrapsAtEnd {
                all[row].continues = true
                column = 0
                down()
            } else {
                column = columns - width
            }
        }
        while all[row].cells.count < column + width { all[row].cells.append(" ") }
        all[row].cells[column] = String(scalar)
        if width == 2 { all[row].cells[column + 1] = "" }
        column += width
        if column >= columns, !wrapsAtEnd { column = columns }
    }
}

extension String {
    var trimmingEnd: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

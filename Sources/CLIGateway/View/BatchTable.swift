/// Batches below each other, their fields in columns.
struct BatchTable {
    /// How much is shown. The narrower the terminal, the later in `all`: what goes first is how many run
    /// (what runs is listed below), then the rate, then words, then counts, then the time left, and last the bar.
    private struct Level {
        var fields: [BatchRow.Field]
        var label: Int
        var bar: Int

        static let all = [
            Level(fields: [.counts, .failed, .running, .rate, .note], label: 16, bar: 20),
            Level(fields: [.counts, .failed, .rate, .note], label: 12, bar: 12),
            Level(fields: [.counts, .failed, .note], label: 12, bar: 10),
            Level(fields: [.counts, .failedShort, .noteShort], label: 10, bar: 10),
            Level(fields: [.failedShort, .noteShort], label: 8, bar: 8),
            Level(fields: [.failedShort], label: 6, bar: 6),
            Level(fields: [.failedShort], label: 5, bar: 0),
            Level(fields: [], label: 1, bar: 0),
        ]
    }

    /// Longer bars say no more.
    private static let longestBar = 48
    private static let markWidth = 2
    private static let percentWidth = 5

    private let rows: [BatchRow]
    private let columns: Int
    private let style: ViewStyle
    private let fields: [(field: BatchRow.Field, width: Int)]
    private let labelWidth: Int
    private let barWidth: Int

    init(_ rows: [BatchRow], columns: Int, _ style: ViewStyle) {
        self.rows = rows
        self.columns = columns
        self.style = style
        let longestLabel = rows.map(\.label.width).max() ?? 0
        let (level, fields, spare) = Self.fitting(rows, longestLabel, columns)
        self.fields = fields
        let smallestLabel = min(longestLabel, level.label)
        // The label may take half of what is to spare, so that a long one leaves a bar worth the name.
        let forLabel = level.bar == 0 ? spare : spare / 2
        let label = min(longestLabel, smallestLabel + forLabel)
        barWidth = level.bar == 0 ? 0 : min(Self.longestBar, level.bar + spare - (label - smallestLabel))
        let unused = level.bar == 0 ? 0 : level.bar + spare - (label - smallestLabel) - barWidth
        labelWidth = min(longestLabel, label + unused)
    }

    func lines() -> [ViewLine] {
        columns < Self.markWidth + Self.percentWidth ? rows.map(tinyLine) : rows.map(line)
    }

    private func tinyLine(_ row: BatchRow) -> ViewLine {
        var line = ViewLine(style)
        line.add(String(row.percent.prefix(columns)), .strong)
        return line
    }

    private func line(_ row: BatchRow) -> ViewLine {
        var line = ViewLine(style)
        line.add(row.mark.sign, row.mark.role)
        line.add(" ")
        let label = row.label.cut(to: labelWidth)
        line.add(label)
        line.pad(to: Self.markWidth + labelWidth)
        if barWidth > 0 {
            line.add(" ")
            row.bar.add(to: &line, width: barWidth, role: row.mark.role, unicode: style.unicode)
        }
        line.add(String(repeating: " ", count: Self.percentWidth - row.percent.count))
        line.add(row.percent, .strong)
        addFields(of: row, to: &line)
        return line
    }

    private func addFields(of row: BatchRow, to line: inout ViewLine) {
        var column = line.width
        for (field, width) in fields {
            column += 2
            if let cell = row.fields[field] {
                line.pad(to: field.isRightAligned ? column + width - cell.text.unicodeScalars.count : column)
                line.add(cell.text, cell.role)
            }
            column += width
        }
    }

    /// The first level that there is room for, and what is then to spare.
    private static func fitting(
        _ rows: [BatchRow], _ longestLabel: Int, _ columns: Int
    ) -> (level: Level, fields: [(field: BatchRow.Field, width: Int)], spare: Int) {
        for level in Level.all {
            let fields = level.fields.compactMap { field in width(of: field, in: rows).map { (field, $0) } }
            let bar = level.bar == 0 ? 0 : level.bar + 1
            let taken = markWidth + min(longestLabel, level.label) + bar + percentWidth
            let spare = columns - fields.reduce(taken) { $0 + 2 + $1.1 }
            if spare >= 0 { return (level, fields, spare) }
        }
        return (Level(fields: [], label: 0, bar: 0), [], max(0, columns - markWidth - percentWidth))
    }

    /// Nil when no row has the field.
    private static func width(of field: BatchRow.Field, in rows: [BatchRow]) -> Int? {
        let widths = rows.compactMap { $0.fields[field]?.text.unicodeScalars.count }
        return widths.max().map { max($0, field.usualWidth) }
    }
}

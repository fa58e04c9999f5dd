/// Columns as wide as their widest cell, two spaces apart; numbers to the right.
struct TextTable {
    let header: [String]
    let rows: [[String]]

    var lines: [String] {
        let widths = header.indices.map { column in
            ([header] + rows).map { $0[column].columns }.max() ?? 0
        }
        let numbers = header.indices.map(isNumber(column:))
        return ([header] + rows).map { row in
            row.indices.map { padded(row[$0], to: widths[$0], isNumber: numbers[$0]) }
                .joined(separator: "  ").trimmingTrailingSpaces
        }
    }

    private func isNumber(column: Int) -> Bool {
        rows.allSatisfy { row in row[column].allSatisfy { $0.isNumber || $0 == "," } }
    }

    private func padded(_ text: String, to width: Int, isNumber: Bool) -> String {
        let spaces = String(repeating: " ", count: width - text.columns)
        return isNumber ? spaces + text : text + spaces
    }
}

extension String {
    fileprivate var columns: Int { unicodeScalars.reduce(0) { $0 + $1.terminalWidth } }

    fileprivate var trimmingTrailingSpaces: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}

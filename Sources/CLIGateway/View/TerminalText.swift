/// Text from outside, made harmless for a terminal and of known width.
///
/// Whatever would move the cursor, change colours, reorder the line or hide is replaced or left out, so a
/// file's name can't forge what is on the screen.
struct TerminalText: Hashable, Sendable {
    /// A scalar that takes columns, with the marks drawn over it.
    private struct Cell: Hashable {
        var text: String
        var width: Int
        var marks = 0
    }

    /// More than any terminal is wide; of longer text the middle is left out before it is looked at.
    private static let longest = 1024
    /// Marks over one letter; more is no writing but vandalism.
    private static let mostMarks = 3

    private var cells: [Cell] = []
    private let hasRightToLeft: Bool
    private let unicode: Bool

    /// - Parameter unicode: whether the terminal shows more than ASCII.
    init(_ raw: String, unicode: Bool) {
        let all = raw.unicodeScalars
        let isLong = raw.utf8.count > Self.longest * 2
        let scalars = isLong ? Array(all.prefix(Self.longest)) + Array(all.suffix(Self.longest)) : Array(all)
        self.unicode = unicode
        hasRightToLeft = unicode && scalars.contains(where: \.isRightToLeft)
        for scalar in scalars { add(scalar) }
    }

    var width: Int {
        cells.reduce(0) { $0 + $1.width }
    }

    var text: String {
        isolated(cells.map(\.text).joined())
    }

    /// The text in at most `width` columns. A path, a file's name, and what ends with a number keep their end: it
    /// tells them apart.
    func cut(to width: Int) -> String {
        guard self.width > width else { return text }
        let ellipsis = unicode ? "…" : ".."
        guard width > ellipsis.count else { return String(ellipsis.prefix(max(0, width))) }
        let room = width - ellipsis.count
        let isName = cells.contains { $0.text == "/" || $0.text == "." }
        let isNumbered = cells.last.map { "0"..."9" ~= $0.text } ?? false
        let ending = (isName || isNumbered) && room >= 6 ? suffix(room * 3 / 5) : []
        let beginning = prefix(room - ending.reduce(0) { $0 + $1.width })
        return isolated((beginning.map(\.text) + [ellipsis] + ending.map(\.text)).joined())
    }

    private func prefix(_ width: Int) -> [Cell] {
        Self.fitting(cells, width)
    }

    private func suffix(_ width: Int) -> [Cell] {
        Self.fitting(cells.reversed(), width).reversed()
    }

    private static func fitting(_ cells: some Sequence<Cell>, _ width: Int) -> [Cell] {
        var taken = 0
        return Array(
            cells.prefix { cell in
                taken += cell.width
                return taken <= width
            })
    }

    /// Between two left-to-right marks, right-to-left text doesn't turn the numbers beside it around.
    private func isolated(_ text: String) -> String {
        hasRightToLeft ? "\u{200E}" + text + "\u{200E}" : text
    }

    private mutating func add(_ scalar: Unicode.Scalar) {
        if scalar.isASCII {
            cells.append(Cell(text: asciiText(scalar), width: 1))
        } else if !unicode {
            cells.append(Cell(text: "?", width: 1))
        } else {
            addBeyondASCII(scalar)
        }
    }

    private func asciiText(_ scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0x09: return " "
        case 0x20...0x7E: return String(scalar)
        case 0x7F: return unicode ? "\u{2421}" : "?"
        default: return unicode ? Unicode.Scalar(0x2400 + scalar.value).map { String($0) } ?? "?" : "?"
        }
    }

    private mutating func addBeyondASCII(_ scalar: Unicode.Scalar) {
        switch scalar.properties.generalCategory {
        case .format: break
        case .control, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
            cells.append(Cell(text: "\u{FFFD}", width: 1))
        case _ where scalar.properties.isVariationSelector: break
        // A terminal that joins a skin's colour to the emoji before it would draw less than we count.
        case _ where scalar.properties.isEmojiModifier && cells.last?.width == 2: break
        default:
            let width = scalar.terminalWidth
            if width > 0 {
                cells.append(Cell(text: String(scalar), width: width))
            } else if let last = cells.indices.last, cells[last].marks < Self.mostMarks {
                cells[last].text.unicodeScalars.append(scalar)
                cells[last].marks += 1
            }
        }
    }
}

/// What the terminal can show, and its user wants to see.
package struct ViewStyle: Hashable, Sendable {
    package var colour: Bool
    /// Whether more than ASCII is shown.
    package var unicode: Bool

    package init(colour: Bool, unicode: Bool) {
        self.colour = colour
        self.unicode = unicode
    }

    /// From `NO_COLOR` (https://no-color.org), `TERM`, and the locale in POSIX's order of precedence.
    package init(environment: [String: String]) {
        let terminal = environment["TERM"] ?? ""
        colour = (environment["NO_COLOR"] ?? "").isEmpty && terminal != "dumb"
        let locale =
            ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let charset = locale.lowercased()
        unicode = (charset.contains("utf-8") || charset.contains("utf8")) && terminal != "dumb"
    }
}

/// What a stretch of a line is, and so how it looks.
enum ViewRole: Hashable, Sendable {
    case plain, strong, faint, running, good, bad, warning

    /// The parameters of SGR (ECMA-48 8.3.117). Only the eight colours a terminal's theme defines.
    fileprivate var parameters: String? {
        switch self {
        case .plain: nil
        case .strong: "1"
        case .faint: "2"
        case .running: "36"
        case .good: "32"
        case .bad: "31"
        case .warning: "33"
        }
    }
}

/// One line for a terminal, with its colours; it holds no line break and nothing that moves the cursor.
package struct ViewLine: Hashable, Sendable {
    package private(set) var text = ""
    /// In columns.
    package private(set) var width = 0
    /// Of each scalar that takes any.
    private var widths: [UInt8] = []
    private let colour: Bool

    init(_ style: ViewStyle) {
        colour = style.colour
    }

    /// - Parameter text: harmless for a terminal: from `TerminalText`, or written in this program.
    mutating func add(_ text: String, _ role: ViewRole = .plain) {
        guard !text.isEmpty else { return }
        let added = text.unicodeScalars.map(\.terminalWidth).filter { $0 > 0 }
        width += added.reduce(0, +)
        widths += added.map { UInt8($0) }
        if colour, let parameters = role.parameters {
            self.text += "\u{1B}[\(parameters)m\(text)\u{1B}[0m"
        } else {
            self.text += text
        }
    }

    /// How many rows a terminal of `columns` breaks this line into; a wide character is never cut in two.
    func rows(in columns: Int) -> Int {
        var rows = 1
        var column = 0
        for width in widths {
            if column + Int(width) > columns {
                rows += 1
                column = 0
            }
            column += Int(width)
        }
        return rows
    }

    /// Spaces up to the column.
    mutating func pad(to column: Int) {
        add(String(repeating: " ", count: max(0, column - width)))
    }
}

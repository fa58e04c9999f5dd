/// One thing that was looked at.
package struct Finding: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case good
        /// Neither good nor wrong.
        case note
        case problem
    }

    package var kind: Kind
    package var text: String
    /// What to do.
    package var advice: String?

    static func good(_ text: String) -> Finding { Finding(kind: .good, text: text) }

    static func note(_ text: String, _ advice: String? = nil) -> Finding {
        Finding(kind: .note, text: text, advice: advice)
    }

    static func problem(_ text: String, _ advice: String) -> Finding {
        Finding(kind: .problem, text: text, advice: advice)
    }

    package func lines(_ style: ViewStyle) -> [ViewLine] {
        let (sign, plain, role): (String, String, ViewRole) =
            switch kind {
            case .good: ("✓", "ok", .good)
            case .note: ("·", "--", .faint)
            case .problem: ("✗", "!!", .bad)
            }
        let mark = style.unicode ? sign : plain
        var line = ViewLine(style)
        line.add(mark, role)
        line.add(" " + harmless(text, style))
        guard let advice else { return [line] }
        var second = ViewLine(style)
        second.add("    " + harmless(advice, style))
        return [line, second]
    }

    /// Paths and logs may hold anything.
    private func harmless(_ text: String, _ style: ViewStyle) -> String {
        TerminalText(text, unicode: style.unicode).cut(to: 1000)
    }
}

/// A page in the language of man(7).
struct Roff {
    private(set) var text = ""

    /// Escaped for a line of text: https://man.openbsd.org/mandoc_char.7. In the C locale troff leaves out what
    /// isn't ASCII.
    static func escaped(_ text: String) -> String {
        let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("…", with: "...")
        return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&\(plain)" : plain
    }

    /// - Parameter line: escaped.
    mutating func line(_ line: String) { text += line + "\n" }

    mutating func macro(_ name: String, _ arguments: String...) {
        let quoted = arguments.map { "\"\($0.replacing("\"", with: "\"\""))\"" }
        line((["." + name] + quoted).joined(separator: " "))
    }

    /// Lines as they are, indented.
    mutating func literal(_ lines: [String]) {
        macro("RS", "4")
        macro("nf")
        for text in lines { line(Self.escaped(text)) }
        macro("fi")
        macro("RE")
    }

    mutating func entry(_ title: String, _ text: String) {
        macro("TP")
        line("\\fB\(Self.escaped(title))\\fR")
        line(Self.escaped(text))
    }

    /// Paragraphs, of which lines that begin with two spaces are kept as they are.
    mutating func prose(_ text: String) {
        for paragraph in text.split(separator: "\n\n") {
            // Behind a heading there is none.
            if !self.text.hasSuffix("\n.SH \"DESCRIPTION\"\n") { macro("PP") }
            var literals: [String] = []
            for part in paragraph.split(separator: "\n") {
                if part.hasPrefix("  ") {
                    literals.append(String(part.dropFirst(2)))
                    continue
                }
                if !literals.isEmpty { literal(literals) }
                literals = []
                line(Self.escaped(String(part)))
            }
            if !literals.isEmpty { literal(literals) }
        }
    }

    mutating func add(_ command: Help.Command, usage: [String]) {
        macro("SS", "tally \(command.commandName)")
        line(Self.escaped(command.abstract ?? ""))
        literal(usage)
        prose(command.discussion ?? "")
        for argument in command.arguments ?? [] where argument.shouldDisplay && !argument.isGeneral {
            entry(argument.title, argument.text)
        }
    }
}

import Testing

@testable import CommandTemplate

/// Lines put together at random: either the scanner refuses one, or no shell runs anything of a value in it.
@Suite(.serialized) struct ShellFuzzTests {
    private static let lines = 100

    private static let bombs: [[UInt8]] = [
        "';>PWNED;'\";>PWNED;\"`>PWNED`$(>PWNED)",
        "\n>PWNED\n#", ")\n>PWNED\n(", "}\n>PWNED\n{", "\nE\n>PWNED\nE\n", "a[$(>PWNED)]",
        "\";>PWNED;#", "';>PWNED;#", ";>PWNED", "\\';>PWNED;#", "`>PWNED`", "'\n>PWNED\n'",
    ].map(bytes)

    private static let words = [
        "{}", "{}", "{}", "{}", "a", "echo", "x=", "$x", "-n", "#", "!", "=", "2", "~", "*", "{", "}", "$",
        "\\", "'", "\"", "`",
        "(", ")", "$(", "${x", "$((", "))", "[", "]", "$[", "[[", "((", "$'", "eval", "case a in", "a)", ";;",
        "esac",
        "if :", "then", "fi", "for x in", "do", "done", "<<E", "\nE\n", "E", "&", "|", ";", ">f", "2>&1", "<",
        "&>", "<(",
        "\\\n", "\n", "\t", "$#", "$$", "${#", ":-", "%", "alias",
    ]

    /// A line of well-formed constructs around each other, with now and then something out of place.
    private func line(depth: Int, using generator: inout SeededGenerator) -> String {
        var line = ""
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            line += construct(depth: depth, using: &generator)
            line += ["", " ", " ", " ", "; ", "\n"].randomElement(using: &generator) ?? ""
        }
        return line
    }

    private func construct(depth: Int, using generator: inout SeededGenerator) -> String {
        let word = Self.words.randomElement(using: &generator) ?? ""
        guard depth > 0, Int.random(in: 0..<3, using: &generator) > 0 else { return word }
        let inner = line(depth: depth - 1, using: &generator)
        let around = [
            ("'", "'"), ("\"", "\""), ("`", "`"), ("$(", ")"), ("\"$(", ")\""), ("${x:-", "}"),
            ("\"${x#", "}\""), ("$((", "))"),
            ("(", ")"), ("{ ", "; }"), ("$'", "'"), ("$\"", "\""), ("# ", "\n"), ("cat <<E\n", "\nE\n"),
            ("cat <<'E'\n", "\nE\n"),
            ("cat <<-E {}\n\t", "\n\tE\n"), ("case a in ", ") echo;; esac"), ("if echo; then ", "; fi"),
            ("echo {} ", ""),
            ("\\", ""), ("a ", " {}"), ("f() { ", "; }; f"), ("<(", ")"), ("x=(", ")"), ("$( (", ") )"),
            ("eval ", ";"),
        ].randomElement(using: &generator)
        return (around?.0 ?? "") + inner + (around?.1 ?? "")
    }

    @Test func noValueIsEverExecuted() throws {
        var generator = SeededGenerator(state: 44)
        let folder = try Folder()
        var accepted = 0
        while accepted < Self.lines {
            let line = line(depth: 3, using: &generator)
            guard line.contains("{}"), let template = try? shellTemplate(line) else { continue }
            accepted += 1
            for bomb in Self.bombs.shuffled(using: &generator).prefix(3) {
                guard case .shell(let command) = try template.invocation(for: bomb, number: 1) else { return }
                for shell in shells {
                    _ = try run(shell.map(bytes) + [bytes("-c"), command], in: folder.path)
                    try #require(!folder.contains("PWNED"), "\(shell[0]): \(line.debugDescription)")
                }
            }
        }
    }
}

import Testing

@testable import CommandTemplate

/// Whatever a value holds, a real shell sees it as one word, and runs nothing of it.
@Suite(.serialized) struct RealShellTests {
    /// Each prints its arguments with a NUL behind each; `@` stands for the value in what is expected.
    static let templates: [(line: String, arguments: [String])] = [
        ("printf '%s\\0' {}", ["@"]),
        ("printf '%s\\0'", ["@"]),
        ("printf '%s\\0' a{}b {}{} '\"'{}\"'\"", ["a@b", "@@", "\"@'"]),
        ("x={}; printf '%s\\0' \"$x\" ${#}{}", ["@", "0@"]),
        ("printf '%s\\0' \"$(printf '%s.' {})\"", ["@."]),
        ("printf '%s\\0' \"$(printf '%s.' \"$(printf '%s' {}.)\")\"", ["@.."]),
        ("x=1; printf '%s\\0' $x{} ~{} \\ {}", ["1@", "~@", " @"]),
        ("(printf '%s\\0' {}; printf '%s\\0' $((1 + 1)){}) # it's", ["@", "2@"]),
        ("f() { printf '%s\\0' \"$@\"; }; f {} {#}", ["@", "1"]),
        ("case {} in {}) printf '%s\\0' {};; esac", ["@"]),
        ("for x in a {}; do printf '%s\\0' \"$x\"; done", ["a", "@"]),
        ("if test {} = {}; then printf '%s\\0' {}; fi", ["@"]),
        ("printf '%s\\0' ${x:-'}'}{} `echo \"'\"`{}", ["}@", "'@"]),
        ("cat <<E >/dev/null; printf '%s\\0' {}\nit's \"\nE\nprintf '%s\\0' {}", ["@", "@"]),
        ("printf '%s\\0' \\\n{} \\{} #'\n", ["@", "{}"]),
    ]

    static let nasty: [[UInt8]] =
        [
            "a", "if", "a=b", "2", "-", "--", "-rf", "-e x", "*", "?", "[a]", "~", "~root", "{}", "{a,b}",
            "{#}", "$HOME",
            "$(touch PWNED)", "`touch PWNED`", "${x:-$(touch PWNED)}", "';touch PWNED;'", "\";touch PWNED;\"",
            "';touch PWNED;\"", "\";touch PWNED;'", "$((touch PWNED))", "\ntouch PWNED\n", "\n", " ",
            "  a  b ", "\t",
            "a;touch PWNED", "a&&touch PWNED", "a|touch PWNED", "a>PWNED", ">PWNED", "a\n#b", "#", "# touch",
            "\\", "\\\\", "a\\", "\\'", "'\\''", "'", "''", "'''", "\"", "\"\"", "'\"", "!x", "!!", "^a^b",
            "E\ntouch PWNED\nE\n", "\nE\ntouch PWNED\n", ");touch PWNED;(", "};touch PWNED;{", "\r", "a\r\nb",
            "\u{1B}[31m",
            "é", "名前", "\u{202E}", "x y\tz", "%s", "%d\\n", "a\\nb", "$'a'", "$\"a\"", "\\$(touch PWNED)",
            "&", ";;", "esac",
        ].map(bytes) + [
            [0xFF], [0xC3], [0xC3, 0x27], [0x81, 0x27], [0xE9, 0x20, 0xFE], Array(1...255),
            [0xF0, 0x9F, 0x27, 0x98],
        ]

    /// Words of characters with a meaning, at random.
    static let random: [[UInt8]] = {
        var generator = SeededGenerator(state: 7)
        let alphabet = Array("'\"\\`$(){}[]<>;&|#*?~!=%^ \n\tatouch".utf8) + [0x80, 0xFF]
        return (0..<40).map { _ in
            (0..<Int.random(in: 1...12, using: &generator)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            }
        }
    }()

    @Test(arguments: templates.indices)
    func seesTheValueAsItIs(_ index: Int) throws {
        let (line, arguments) = Self.templates[index]
        let template = try shellTemplate(line)
        let runs = try (Self.nasty + Self.random).map { value in
            guard case .shell(let command) = try template.invocation(for: value, number: 1) else {
                throw Failure("one word is a shell line")
            }
            return Run(
                command: command, output: arguments.reduce(into: []) { $0 += filled($1, value) + [0] })
        }
        try check(runs, in: shells)
    }

    private struct Run {
        var command: [UInt8]
        var output: [UInt8]
    }

    /// All commands as one script, which is quick; only to name a culprit each by itself.
    private func check(_ runs: [Run], in shells: [[String]]) throws {
        let folder = try Folder()
        for shell in shells {
            let start = shell.map(bytes) + [bytes("-c")]
            let script = Array(runs.map(\.command).joined(separator: bytes("\n")))
            let output = try run(start + [script], in: folder.path)
            guard output != Array(runs.map(\.output).joined()) || folder.contains("PWNED") else { continue }
            for single in runs {
                let output = try run(start + [single.command], in: folder.path)
                try #require(!folder.contains("PWNED"), "\(shell[0]) -c \(text(single.command))")
                #expect(output == single.output, "\(shell[0]) -c \(text(single.command))")
            }
            Issue.record("one after another they don't do what each does by itself")
        }
    }

    private func filled(_ argument: String, _ value: [UInt8]) -> [UInt8] {
        Array(
            bytes(argument).split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false).joined(
                separator: value))
    }

    @Test func printedFormsMeanTheSame() throws {
        let template = try Template.parse(words: ["printf", "%s\\0", "{}", "a={}", "{.}"].map(bytes))
        let values = Self.nasty + Self.random
        let expected = try values.map { value in
            guard case .arguments(let words) = try template.invocation(for: value, number: 1) else {
                throw Failure("several words are an argument vector")
            }
            return Array(words[2...].joined(separator: [0])) + [0]
        }
        let printed = { (reader: Template.Reader) in
            try zip(values, expected).map { value, output in
                Run(command: try template.printed(for: value, number: 1, reader: reader), output: output)
            }
        }
        try check(try printed(.script), in: shells)
        let seen = try printed(.person)
        try check(seen, in: shells.filter { $0[0].hasSuffix("bash") })
        #expect(!seen.contains { run in run.command.contains { $0 < 0x20 || $0 == 0x7F } })
    }
}

/// One word of POSIX shell text that means exactly the given bytes.
///
/// Everything is literal between single quotes but the single quote itself (POSIX.1-2024, XCU 2.2.2), so
/// that is all there is to escape. NUL can't be in a word.
enum ShellQuoting {
    /// The word with quotes only if it needs them, wherever in a command it stands, the first word included:
    /// there `if` and `a=b` would mean something else.
    static func minimal(_ word: [UInt8]) -> [UInt8] {
        isPlain(word) ? word : full(word)
    }

    static func full(_ word: [UInt8]) -> [UInt8] {
        var quoted = [quote]
        for byte in word {
            if byte == quote { quoted += escapedQuote } else { quoted.append(byte) }
        }
        return quoted + [quote]
    }

    /// The same for people's eyes: what would move the cursor, hide, or not be a character at all is written
    /// as `$'\033'`, which bash, zsh and ksh read, and POSIX has since 2024. A quote is written as a number,
    /// so that even a shell that doesn't know this form sees one closed word.
    static func visible(_ word: [UInt8]) -> [UInt8]? {
        guard !isPrintable(word) else { return nil }
        var quoted = Array("$'".utf8)
        var rest = word[...]
        while !rest.isEmpty {
            let count = printableScalarLength(rest)
            if count > 0, rest.first != quote, rest.first != UInt8(ascii: "\\") {
                quoted += rest.prefix(count)
                rest = rest.dropFirst(count)
            } else {
                quoted += octal(rest.removeFirst())
            }
        }
        return quoted + [quote]
    }

    private static let quote = UInt8(ascii: "'")
    private static let escapedQuote = Array(#"'\''"#.utf8)

    /// `=` is plain only in an option, as `a=b` in front of a command is an assignment.
    private static func isPlain(_ word: [UInt8]) -> Bool {
        guard let first = word.first, !reservedWords.contains(word) else { return false }
        let isOption = first == UInt8(ascii: "-")
        return word.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: ","),
                UInt8(ascii: "+"), UInt8(ascii: "@"):
                true
            case UInt8(ascii: "="): isOption
            default: false
            }
        }
    }

    /// Of POSIX (XCU 2.4), bash and zsh.
    private static let reservedWords: Set<[UInt8]> = Set(
        """
        case coproc do done elif else end esac fi for foreach function if in namespace nocorrect noglob repeat \
        select then time until while
        """.split(separator: " ").map { Array($0.utf8) })

    private static func octal(_ byte: UInt8) -> [UInt8] {
        let digits = String(byte, radix: 8)
        return Array(("\\" + String(repeating: "0", count: 3 - digits.count) + digits).utf8)
    }

    private static func isPrintable(_ word: [UInt8]) -> Bool {
        var rest = word[...]
        while !rest.isEmpty {
            let count = printableScalarLength(rest)
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// The bytes of the scalar that `bytes` begin with; 0 if it is malformed or nothing to be seen.
    private static func printableScalarLength(_ bytes: ArraySlice<UInt8>) -> Int {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return 0 }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: return 0
        default: return UTF8.width(scalar)
        }
    }
}

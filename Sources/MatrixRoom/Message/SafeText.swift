/// Text from outside, made harmless for a room and of bounded length: what would break a line, turn the text around it,
/// hide in it or call the whole room is replaced or left out.
///
/// Markdown stays as it is: a body is plain text, and beside it stands HTML of our own, in which it means nothing.
package struct SafeText: Hashable, Sendable {
    /// For a plain body.
    package let plain: String

    /// More is not looked at: the ends of a text are what it is recognised by.
    private static let longest = 4096
    /// Marks over one letter; more is no writing but vandalism.
    private static let mostMarks = 3

    /// - Parameter limit: how many Unicode scalars are kept; of more the middle is left out.
    package init(_ raw: String, limit: Int) {
        let all = raw.unicodeScalars
        let isLong = raw.utf8.count > Self.longest * 2
        let scalars = isLong ? Array(all.prefix(Self.longest)) + Array(all.suffix(Self.longest)) : Array(all)
        let cleaned = Self.cleaned(scalars)
        plain = Self.isolated(Self.quiet(Self.cut(cleaned, to: limit)))
    }

    package var isEmpty: Bool { plain.isEmpty }

    /// For `formatted_body`.
    var html: String { Self.escaped(plain) }

    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func cleaned(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var kept: [Unicode.Scalar] = []
        var marks = 0
        for scalar in scalars {
            // Nearly all there is, and much cheaper to see.
            if 0x21...0x7E ~= scalar.value {
                kept.append(scalar)
                marks = 0
                continue
            }
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .spaceSeparator:
                if let last = kept.last, last != " " { kept.append(" ") }
            case .format:
                // Without joiners neither Persian nor a family of emojis is what it was.
                if scalar == "\u{200C}" || scalar == "\u{200D}" { kept.append(scalar) }
            case .privateUse, .unassigned, .surrogate: kept.append("\u{FFFD}")
            case .nonspacingMark, .enclosingMark:
                marks += 1
                if marks <= mostMarks { kept.append(scalar) }
                continue
            default: kept.append(scalar)
            }
            marks = 0
        }
        if kept.last == " " { kept.removeLast() }
        return kept
    }

    /// A file's name or a number at the end tells texts apart, so a third of what is kept is the end.
    private static func cut(_ scalars: [Unicode.Scalar], to limit: Int) -> String {
        guard scalars.count > limit else { return text(scalars) }
        let ending = (limit - 1) / 3
        return text(scalars.prefix(limit - 1 - ending)) + "…" + text(scalars.suffix(ending))
    }

    private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// `@room` would call everybody in clients that look at the body; with a word joiner in it, it calls nobody.
    private static func quiet(_ text: String) -> String {
        var quiet = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            quiet.append(scalar)
            if scalar == "@", String(rest.prefix(4)).lowercased() == "room" { quiet.append("\u{2060}") }
        }
        return String(quiet)
    }

    /// Isolated, right-to-left text doesn't turn the numbers beside it around (Unicode Bidirectional Algorithm, 2.4).
    private static func isolated(_ text: String) -> String {
        text.unicodeScalars.contains(where: \.isRightToLeft) ? "\u{2068}\(text)\u{2069}" : text
    }
}

extension Unicode.Scalar {
    /// Of a script that is written from right to left; by block, which may take in some that aren't.
    fileprivate var isRightToLeft: Bool {
        switch value {
        case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF: true
        default: false
        }
    }
}

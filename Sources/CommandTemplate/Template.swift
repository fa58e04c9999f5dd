/// A command with places for a value: what `tally run` and `tally submit --type command` are given.
///
/// One word is a line for `/bin/sh -c`; several are an argument vector, executed without a shell. In a shell
/// line each placeholder becomes (a part of) one safely quoted word, and where it could not be one, parsing
/// fails. In an argument vector placeholders are filled in as they are. Without any placeholder the value
/// becomes a last argument.
///
/// What a command does with its arguments is its own affair: `sh -c {}` and `ssh host rm {}` read the value
/// anew as shell text.
package struct Template: Hashable, Sendable {
    /// What is executed for one value.
    package enum Invocation: Hashable, Sendable {
        /// Executed without a shell; at least one word.
        case arguments([[UInt8]])
        /// The line for `/bin/sh -c`.
        case shell([UInt8])

        /// As one types it in a shell.
        package var shellLine: [UInt8] {
            switch self {
            case .arguments(let words):
                Array(words.map(ShellQuoting.minimal).joined(separator: [UInt8(ascii: " ")]))
            case .shell(let line): line
            }
        }
    }

    /// For whom a command is printed.
    package enum Reader: Hashable, Sendable {
        /// Exact in every shell, and perhaps with control characters in it.
        case script
        /// Control characters and malformed text are written as `$'\033'`, as bash, zsh and ksh read them.
        case person
    }

    private enum Form: Hashable {
        case arguments([[TemplatePiece]])
        case shell([TemplatePiece])
    }

    /// Linux's MAX_ARG_STRLEN without the NUL at the end.
    package static let longestWord = 131_071

    private let form: Form

    /// - Parameters:
    ///   - words: the command's words; one is a shell line.
    ///   - replacement: what stands for the value, from `-I`; the other placeholders keep their spelling.
    /// - Throws: `TemplateError` for what can't be executed, or not safely.
    package static func parse(
        words: [[UInt8]], replacement: [UInt8] = Array("{}".utf8)
    ) throws(TemplateError) -> Template {
        guard let first = words.first, !first.isEmpty else { throw .noCommand }
        guard !words.contains(where: { $0.contains(0) }) else { throw .commandHoldsNUL }
        guard !replacement.isEmpty else { throw .unusableReplacement("the replacement string is empty") }
        let spellings = PlaceholderSpellings(replacement: replacement)
        if words.count == 1 {
            try checkForShell(replacement)
            return Template(form: .shell(try ShellScanner.pieces(of: first, spellings: spellings)))
        }
        var arguments = words.map(spellings.pieces(of:))
        if !arguments.contains(where: { $0.contains(where: \.isPlaceholder) }) {
            arguments.append([.placeholder(.value, isWholeWord: true)])
        }
        return Template(form: .arguments(arguments))
    }

    /// - Parameter number: the number of the job, from 1.
    /// - Throws: `TemplateError.valueHoldsNUL` or `.wordTooLong`, with that number.
    package func invocation(for value: [UInt8], number: Int) throws(TemplateError) -> Invocation {
        guard !value.contains(0) else { throw .valueHoldsNUL(number: number) }
        switch form {
        case .arguments(let words):
            let arguments = words.map { filled($0, value, number) { text, _ in text } }
            guard arguments.allSatisfy({ $0.count <= Self.longestWord }) else {
                throw .wordTooLong(number: number)
            }
            return .arguments(arguments)
        case .shell(let pieces):
            let line = filled(pieces, value, number, quote: quoted)
            guard line.count <= Self.longestWord else { throw .wordTooLong(number: number) }
            return .shell(line)
        }
    }

    /// The command as one types it in a shell, for `--dry-run`.
    /// - Throws: as `invocation(for:number:)` does.
    package func printed(
        for value: [UInt8], number: Int, reader: Reader
    ) throws(TemplateError) -> [UInt8] {
        let visible = { (word: [UInt8]) in reader == .person ? ShellQuoting.visible(word) : nil }
        switch try invocation(for: value, number: number) {
        case .arguments(let words):
            let quoted = words.map { visible($0) ?? ShellQuoting.minimal($0) }
            return Array(quoted.joined(separator: [UInt8(ascii: " ")]))
        case .shell(let line):
            guard reader == .person, case .shell(let pieces) = form else { return line }
            return filled(pieces, value, number) { text, isWholeWord in
                visible(text) ?? quoted(text, isWholeWord)
            }
        }
    }

    private static func checkForShell(_ replacement: [UInt8]) throws(TemplateError) {
        let special = Set("'\"\\$`#()<>;&| \t\n".utf8)
        guard let culprit = replacement.first(where: special.contains) else { return }
        let shown = String(decoding: [culprit], as: UTF8.self).debugDescription
        throw .unusableReplacement("\(shown) has a meaning in the shell; choose other characters")
    }
}

/// Next to other text even a plain word can be given a meaning by it: `2` in `{}>f`, `x` in `$a{}`.
private func quoted(_ text: [UInt8], _ isWholeWord: Bool) -> [UInt8] {
    isWholeWord ? ShellQuoting.minimal(text) : ShellQuoting.full(text)
}

private func filled(
    _ pieces: [TemplatePiece], _ value: [UInt8], _ number: Int, quote: ([UInt8], Bool) -> [UInt8]
) -> [UInt8] {
    pieces.reduce(into: []) { filled, piece in
        switch piece {
        case .text(let text): filled += text
        case .placeholder(let placeholder, let isWholeWord):
            filled += quote(placeholder.text(for: value, number: number), isWholeWord)
        }
    }
}

/// Why a command, or a value for it, can't be used. The description is meant for the person who wrote it.
package enum TemplateError: Error, Hashable {
    case noCommand
    case commandHoldsNUL
    /// What `-I` gave is empty, or in a shell line holds a character with a meaning of its own there.
    case unusableReplacement(String)
    case enclosed(placeholder: String, by: ShellEnclosure, at: SourcePosition)
    case followsDollar(placeholder: String, at: SourcePosition)
    /// An argument of a command that reads its arguments anew as shell text.
    case reparsed(placeholder: String, by: String, at: SourcePosition)
    /// A construct after which it isn't sure what is quoted and what is not.
    case unfollowable(String, at: SourcePosition)
    case noPlaceForValue
    case valueHoldsNUL(number: Int)
    /// With this value a word of the command is longer than Linux passes on, 131,071 bytes.
    case wordTooLong(number: Int)
}

/// A place in a shell line, both from 1; characters are counted, not bytes.
package struct SourcePosition: Hashable, Sendable, CustomStringConvertible {
    package var line: Int
    package var column: Int

    package init(line: Int = 1, column: Int) {
        self.line = line
        self.column = column
    }

    init(of offset: Int, in source: [UInt8]) {
        let before = source[..<offset]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        line = 1 + before.count { $0 == UInt8(ascii: "\n") }
        column = 1 + String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count
    }

    package var description: String {
        line == 1 ? "column \(column)" : "line \(line), column \(column)"
    }
}

/// What a placeholder must not stand in: there a quoted word would not be one.
package enum ShellEnclosure: Hashable, Sendable, CaseIterable {
    case singleQuotes, doubleQuotes, backticks, parameterExpansion, arithmetic, hereDocument, comment

    var name: String {
        switch self {
        case .singleQuotes: "single quotes"
        case .doubleQuotes: "double quotes"
        case .backticks: "backticks"
        case .parameterExpansion: "${…}"
        case .arithmetic: "$((…))"
        case .hereDocument: "a here-document"
        case .comment: "a comment"
        }
    }

    func advice(for placeholder: String) -> String {
        switch self {
        case .singleQuotes, .doubleQuotes:
            "take the quotes off it, each value is quoted by itself; for example: echo \(placeholder)"
        case .backticks: "write $(…) in place of the backticks"
        case .parameterExpansion, .arithmetic, .hereDocument:
            "give it to a variable first: v=\(placeholder)"
        case .comment: "take it out"
        }
    }
}

extension TemplateError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noCommand: "no command was given"
        case .commandHoldsNUL: "the command holds a NUL byte, which no program can be given"
        case .unusableReplacement(let why): "-I: \(why)"
        case .enclosed(let placeholder, let enclosure, let position):
            "\(position): \(placeholder) stands inside \(enclosure.name); \(enclosure.advice(for: placeholder))"
        case .followsDollar(let placeholder, let position):
            "\(position): \(placeholder) follows a $, which would give it another meaning; write \\$ for a plain $"
        case .reparsed(let placeholder, let command, let position):
            "\(position): \(command) would read the value of \(placeholder) anew, and run what is written in it"
        case .unfollowable(let what, let position): "\(position): \(what)"
        case .noPlaceForValue:
            "a value at the end of this line would not be an argument; say with {} where it belongs"
        case .valueHoldsNUL(let number): "value \(number) holds a NUL byte, which no program can be given"
        case .wordTooLong(let number):
            "with value \(number) the command has a word of more than 131,071 bytes, which Linux doesn't pass on"
        }
    }
}

/// As much of the shell's grammar as safety asks for: whether a word is a command's name or an argument.
///
/// It decides whether a value may be put at the end of the line, and finds the few names that change how
/// the rest is read.
struct SimpleCommandGrammar {
    private enum Place: Hashable {
        /// A command's name may come; before it assignments and redirections.
        case beforeName
        case afterName
        /// After `done`, `}` or `)`, where no argument belongs.
        case afterCompoundCommand
    }

    private var place = Place.beforeName
    private var awaitsTarget = false
    /// The name of the present command, or of one around this `$(…)`, if that takes its arguments for shell
    /// text.
    private(set) var reparsingCommand: String?
    private let surroundingCommand: String?

    /// - Parameter surroundingCommand: the reparsing command in whose arguments this script is.
    init(inArgumentsOf surroundingCommand: String? = nil) {
        self.surroundingCommand = surroundingCommand
        reparsingCommand = surroundingCommand
    }

    /// Whether a word put here would be an argument, or what a redirection names.
    var takesArgument: Bool {
        place == .afterName && reparsingCommand == nil
    }

    mutating func commandBegins() {
        self = SimpleCommandGrammar(inArgumentsOf: surroundingCommand)
    }

    mutating func compoundCommandEnded() {
        commandBegins()
        place = .afterCompoundCommand
    }

    mutating func redirectionBegins() {
        awaitsTarget = true
    }

    /// A word has ended.
    /// - Parameter text: as it was written; nil if it holds a placeholder.
    /// - Returns: why what follows can't be followed, if it can't.
    mutating func take(_ text: ArraySlice<UInt8>?, inSubstitution: Bool) -> String? {
        if awaitsTarget {
            awaitsTarget = false
            return nil
        }
        guard place == .beforeName else { return nil }
        switch text.map({ String(decoding: $0, as: UTF8.self) }) {
        case "if", "then", "elif", "else", "while", "until", "do", "{", "!", "time": return nil
        case "fi", "done", "esac", "}": place = .afterCompoundCommand
        case "[[": return "'[[' is not in every sh, and evaluates what it compares; write [ … ]"
        case "case" where inSubstitution:
            return "shells disagree where a $(…) with a case in it ends; put the case outside"
        default:
            if !isAssignment(text) { return takeName(text) }
        }
        return nil
    }

    /// Quotes take the meaning from a reserved word, but not from a built-in's name.
    private mutating func takeName(_ text: ArraySlice<UInt8>?) -> String? {
        let name = String(decoding: text?.filter { !"\\'\"\n".utf8.contains($0) } ?? [], as: UTF8.self)
        switch name {
        case "command", "builtin": return nil  // the name is yet to come, behind options
        case _ where name.hasPrefix("-"): return nil
        case "alias": return "an alias changes how the rest is read; write a function"
        case "eval", "trap", "let", "unset": reparsingCommand = name
        default: break
        }
        place = .afterName
        return nil
    }

    private func isAssignment(_ text: ArraySlice<UInt8>?) -> Bool {
        guard let text, let sign = text.firstIndex(of: UInt8(ascii: "=")) else { return false }
        let name = text[..<sign]
        return !name.isEmpty && name.allSatisfy { isNameByte($0) || $0 == UInt8(ascii: "+") }
    }
}

/// Whether a variable's name may hold this byte, its first one apart.
func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
    default: false
    }
}

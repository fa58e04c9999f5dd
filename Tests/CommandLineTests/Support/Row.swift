import ProcessTesting
import Testing

/// A sentence of the contract, word for word, and what shows that it is true.
struct Sentence: Sendable {
    var text: String
    var rows: [Row]

    init(_ text: String, _ rows: Row...) {
        self.text = text
        self.rows = rows
    }
}

/// One line of the contract's table: what is typed and given, and what comes of it.
struct Row: Sendable, CustomTestStringConvertible {
    /// Whose batches and coordinator the command finds.
    enum World: Sendable {
        /// A user whose coordinator starts when it is needed; one for all rows.
        case user
        /// The same, with a coordinator and a worker of two slots; one for all rows.
        case fleet
        /// A user of this row alone, for whom nothing runs.
        case own
    }

    /// A terminal, and what of the process's streams it is.
    struct Terminal: Sendable {
        var columns = 80
        var rows = 24
        var streams: PseudoTerminal.Streams = .all
        var shows: Expected
    }

    var what: String
    /// The arguments of `tally`, quoted as for bash; after `$ ` a line for bash.
    var line: String
    /// Lines for bash that come before.
    var given: [String]
    var input: String?
    var environment: [String]
    /// In the working folder, names quoted as for bash.
    var files: [String: String]
    var world: World
    var terminal: Terminal?
    var code: Int32
    var out: Expected
    var err: Expected
    /// What is in the working folder afterwards, beside `files`; nothing else may be.
    var leaves: [String: Expected]

    init(
        _ what: String, _ line: String, given: [String] = [], input: String? = nil, env: [String] = [],
        files: [String: String] = [:], in world: World = .user, on terminal: Terminal? = nil,
        code: Int32 = 0, out: Expected = "", err: Expected = .anything, leaves: [String: Expected] = [:]
    ) {
        self.what = what
        self.line = line
        self.given = given
        self.input = input
        environment = env
        self.files = files
        self.world = world
        self.terminal = terminal
        self.code = code
        self.out = out
        self.err = err
        self.leaves = leaves
    }

    var testDescription: String { "\(what): \(line)" }
}

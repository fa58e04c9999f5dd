/// What precedes an operation's output: which one it was, and how it ended.
struct LogHeading {
    var operation: Int
    var label: String?
    var state: String
    var exitCode: Int?
    var message: String?

    var line: String {
        var text = "== operation \(operation)"
        if let label { text += " (\(TerminalText(label, unicode: true).cut(to: 60)))" }
        text += ": \(state)"
        if let exitCode { text += ", exit \(exitCode)" }
        if let messageToTell { text += ", \(TerminalText(messageToTell, unicode: true).cut(to: 200))" }
        return text
    }

    /// A command that printed nothing has no other message than its exit code.
    private var messageToTell: String? {
        exitCode.map { message == "exit code \($0)" } ?? false ? nil : message
    }
}

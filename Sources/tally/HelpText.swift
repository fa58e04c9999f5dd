import ArgumentParser

/// The parser's messages, as this program says things.
enum HelpText {
    static func tidied(_ text: String) -> String {
        var text = text
        if let rest = text.removing(prefix: "OVERVIEW: ") { text = rest }
        if let rest = text.removing(prefix: "Error: ") {
            text = "tally: \(rest.prefix(1).lowercased())\(rest.dropFirst())"
        }
        text = text.replacing(" SUBCOMMANDS:", with: ":").replacing(
            "See 'tally help <subcommand>' for detailed help.", with: "See 'tally help COMMAND' for more.")
        return withDetailsLast(text)
    }

    /// A command's options by their long names: the parser tells of them nowhere else.
    static func options(of command: (some ParsableCommand).Type) -> [String] {
        command.helpMessage(columns: 200).split(separator: "\n")
            .filter { $0.hasPrefix("  -") }
            .compactMap { $0.firstMatch(of: /--[a-z-]+/).map { String($0.output) } }
    }

    /// In the help of the program as a whole, what people came for goes first: an example, and the commands.
    private static func withDetailsLast(_ text: String) -> String {
        let usage = "\n\nUSAGE: tally COMMAND"
        guard let (details, rest) = text.divided(at: usage) else { return text }
        let paragraphs = details.split(separator: "\n\n")
        let opening = paragraphs.prefix(2).joined(separator: "\n\n")
        return opening + usage + rest + "\n\n" + paragraphs.dropFirst(2).joined(separator: "\n\n")
    }
}

extension String {
    fileprivate func removing(prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }

    /// What is before and behind the first place where it stands.
    fileprivate func divided(at separator: String) -> (before: String, behind: String)? {
        let parts = split(separator: separator, maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }
}

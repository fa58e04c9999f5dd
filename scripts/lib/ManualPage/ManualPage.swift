import Foundation

/// Prints tally.1, made of what `tally` says in its help. Its argument is the program.
@main
struct ManualPage {
    static func main() throws {
        guard CommandLine.arguments.count == 2 else { throw Failure("usage: ManualPage TALLY") }
        let program = Program(path: CommandLine.arguments[1])
        let tally = try JSONDecoder().decode(
            Help.self, from: Data(try program.output("--experimental-dump-help").utf8)
        ).command
        var page = Roff()
        page.macro("TH", "TALLY", "1", "", "Tally")
        page.macro("SH", "NAME")
        page.line("tally \\- \(Roff.escaped(tally.summary))")
        page.macro("SH", "SYNOPSIS")
        page.literal(["tally COMMAND [OPTIONS]"])
        page.macro("SH", "DESCRIPTION")
        let (description, environment) = tally.descriptionAndEnvironment
        page.prose(description)
        page.macro("SH", "COMMANDS")
        for command in tally.subcommands ?? [] where command.isShown {
            page.add(command, usage: try program.usage(of: command.commandName))
        }
        page.macro("SH", "ENVIRONMENT")
        page.prose(environment)
        page.macro("SH", "FILES")
        page.entry("~/.config/tally/settings", "Settings; in $XDG_CONFIG_HOME/tally if that is set.")
        page.entry(
            "~/.local/state/tally",
            "Batches, and logs of what was started on demand; in $XDG_STATE_HOME/tally if that is set.")
        page.macro("SH", "SEE ALSO")
        page.line("xargs(1), parallel(1)")
        print(page.text, terminator: "")
    }
}

/// `tally`, as it describes itself.
struct Program {
    let path: String

    func output(_ words: String...) throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: path)
        process.arguments = words
        process.environment = ["COLUMNS": "80", "LC_ALL": "C.UTF-8"]
        process.standardOutput = pipe
        try process.run()
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure("\(path) \(words) failed") }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The lines of a command's usage, which the dump leaves out.
    func usage(of command: String) throws -> [String] {
        let mark = "USAGE: "
        let lines = try output(command, "--help").split(separator: "\n", omittingEmptySubsequences: false)
        let usage = lines.drop { !$0.hasPrefix(mark) }.prefix { !$0.isEmpty }
        return usage.map { String($0.dropFirst(mark.count)) }
    }
}

/// The parts of the dump that a manual page has.
struct Help: Decodable {
    var command: Command

    struct Command: Decodable {
        var commandName: String
        var abstract: String?
        var discussion: String?
        var shouldDisplay: Bool?
        var arguments: [Argument]?
        var subcommands: [Command]?

        /// Without its full stop.
        var summary: String { (abstract ?? "").trimmingCharacters(in: ["."]) }
        /// Variables stand together in the help, from the settings on and up to the exit codes; manual pages have a
        /// section for them.
        var descriptionAndEnvironment: (String, String) {
            let paragraphs = (discussion ?? "").components(separatedBy: "\n\n")
            guard let first = paragraphs.firstIndex(where: { $0.hasPrefix("Settings.") }),
                let end = paragraphs[first...].firstIndex(where: { $0.hasPrefix("Exit codes:") })
            else { return (discussion ?? "", "") }
            let description = paragraphs[..<first] + paragraphs[end...]
            return (description.joined(separator: "\n\n"), paragraphs[first..<end].joined(separator: "\n\n"))
        }

        var isShown: Bool { shouldDisplay != false && commandName != "help" }
    }

    struct Argument: Decodable {
        struct Name: Decodable {
            var kind: String
            var name: String
        }

        var kind: String
        var names: [Name]?
        var valueName: String?
        var defaultValue: String?
        var abstract: String?
        var shouldDisplay: Bool

        /// What all commands have.
        var isGeneral: Bool { ["help", "version"].contains(names?.last?.name) }

        var title: String {
            let value = "<\(valueName ?? "")>"
            guard let names, !names.isEmpty else { return value }
            let spelt = names.map { ($0.kind == "long" ? "--" : "-") + $0.name }.joined(separator: ", ")
            return kind == "flag" ? spelt : "\(spelt) \(value)"
        }

        var text: String {
            [abstract, defaultValue.map { "(default: \($0))" }].compactMap(\.self).joined(separator: " ")
        }
    }
}

struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

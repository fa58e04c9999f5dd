import ArgumentParser
import BatchClient
import CLIGateway
import CommandTemplate
import Glibc
import LocalFleet
import ZeroMQ

/// The command tree: reads settings, wires services, and nothing else.
@main
struct Tally: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "tally",
        abstract: "Run batches of work, and see live how far they are.",
        usage: "tally COMMAND [OPTIONS]",
        discussion: """
              tally run 'gzip -kf {}' ::: *.log
              find . -name '*.png' -print0 | tally run -0 optipng {}

            'tally run' needs no set-up. What is given to others needs a coordinator and workers: 'tally up' starts \
            both here. 'tally doctor' tells what is wrong with a set-up.

            Settings. Each is a variable, or else a line NAME=value of the file ~/.config/tally/settings, where # \
            begins a comment. Flags go before both.

              TALLY_COORDINATOR  where the coordinator is: ipc:///FOLDER/control
                                 or tcp://HOST:PORT
              TALLY_KEY          on tcp: the file of our own key, and
              TALLY_COORDINATOR_KEY  that of the coordinator (see tally keygen)
              TALLY_STATE        the folder of what is kept
                                 (default: ~/.local/state/tally)
              TALLY_LOG          what processes tell of: trace, debug, info,
                                 notice, warning, error or critical
              TALLY_LOG_FORMAT   text or json (default: text on a terminal)
              TALLY_MCP_TOKEN    what clients of 'tally mcp' have to show;
                                 or TALLY_MCP_TOKEN_FILE, the file it is in
              TALLY_MATRIX_HOMESERVER, TALLY_MATRIX_ROOM, TALLY_MATRIX_USER
                                 what 'tally matrix' is told by no flag
              TALLY_MATRIX_TOKEN, TALLY_MATRIX_PASSWORD
                                 its account's; or TALLY_MATRIX_TOKEN_FILE,
                                 TALLY_MATRIX_PASSWORD_FILE

            Environment of commands. Each finds these variables:

              TALLY_BATCH        the batch's id
              TALLY_OPERATION    the operation's number in it, from 0
              TALLY_ATTEMPT      1, and more when it is tried again
              TALLY_PROGRESS     a file to write to how far it is: the last line
                                 counts, a number from 0 to 1, and what is being
                                 done, such as: 0.25 encoding

            What is done --on-end has TALLY_EVENT as well, the batch's last event as JSON.

            Exit codes:

              0 all completed    3 cancelled         130, 143 interrupted
              1 some failed      4 no coordinator    141 output closed
              2 usage

            Completions, of batches' ids as well:

              ~/.bashrc    source <(tally --generate-completion-script bash)
              ~/.zshrc     source <(tally --generate-completion-script zsh)
              config.fish  tally --generate-completion-script fish | source
            """,
        version: "tally \(version)",
        groupedSubcommands: [
            CommandGroup(name: "Run commands here", subcommands: [RunCommand.self]),
            CommandGroup(name: "Give work to others", subcommands: [SubmitCommand.self, WaitCommand.self]),
            CommandGroup(
                name: "See how far it is",
                subcommands: [
                    WatchCommand.self, StatusCommand.self, ListCommand.self, LogsCommand.self,
                    WorkersCommand.self,
                ]),
            CommandGroup(
                name: "Steer a batch",
                subcommands: [PauseCommand.self, ResumeCommand.self, CancelCommand.self, RetryCommand.self]),
            CommandGroup(
                name: "Set up",
                subcommands: [
                    UpCommand.self, CoordinatorCommand.self, WorkerCommand.self, MCPCommand.self,
                    MatrixCommand.self, KeygenCommand.self, DoctorCommand.self,
                ]),
        ])

    static func main() async {
        // A reader that went away is an error of the write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        Settings.export()
        do {
            var command = try await parse()
            if let error = Settings.resolved.errors.first, needsSettings(command) { throw error }
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            ZeroMQContext.finish()
        } catch {
            leave(with: error)
        }
    }

    private static var commands: [any ParsableCommand.Type] {
        configuration.groupedSubcommands.flatMap(\.subcommands)
    }

    /// The doctor tells itself what is wrong with them; whoever asks for help may need it to mend them.
    private static func needsSettings(_ command: any ParsableCommand) -> Bool {
        commands.contains { $0 == type(of: command) } && !(command is DoctorCommand)
    }

    private static func parse() async throws -> any ParsableCommand {
        let words = RawArguments.process.words.map { String(decoding: $0, as: UTF8.self) }
        try Misspelling.check(words, commands: commands.compactMap { $0.configuration.commandName })
        return try await asyncParseAsRoot(words)
    }

    private static func leave(with error: any Error) -> Never {
        if let code = error as? CLIGateway.ExitCode { end(code.rawValue) }
        let code = exitCode(of: error)
        let isOurs = error is BatchClientError || error is any Failure
        // What a completion has to say is a list of words; anything else would stand in the line being typed.
        if code != 0, RawArguments.process.words.first == Array("---completion".utf8) { end(code) }
        let text = isOurs ? "tally: \(error)" : HelpText.tidied(fullMessage(for: error))
        // Help was asked for; what we say of ourselves, such as that nothing is left to do, was not.
        let output: Descriptor = code == 0 && !isOurs ? .standardOutput : .standardError
        if !text.isEmpty { output.write(line: text) }
        end(code)
    }

    /// Once what was said last has left.
    private static func end(_ code: Int32) -> Never {
        ZeroMQContext.finish()
        Glibc.exit(code)
    }

    private static func exitCode(of error: any Error) -> Int32 {
        switch error {
        case let error as BatchClientError:
            switch error.code {
            case .noCoordinator, .wrongVersion: ExitCode.noCoordinator.rawValue
            case .storage, .closed: ExitCode.someFailed.rawValue
            default: ExitCode.usage.rawValue
            }
        case let error as any Failure: error.exitCode.rawValue
        case let error where exitCode(for: error) == .success: 0
        default: ExitCode.usage.rawValue
        }
    }
}

/// An error that is told as it describes itself, and the code it ends the program with.
protocol Failure: Error, CustomStringConvertible {
    var exitCode: CLIGateway.ExitCode { get }
}

/// Something in the arguments, settings or input is wrong.
struct UsageError: Failure {
    var description: String
    var exitCode: CLIGateway.ExitCode { .usage }

    init(_ description: String) {
        self.description = description
    }
}

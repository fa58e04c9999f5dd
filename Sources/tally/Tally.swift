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
        discussion: """
            tally run 'gzip -kf {}' ::: *.log
            find . -name '*.png' -print0 | tally run -0 optipng {}
            """,
        version: "tally \(version)",
        groupedSubcommands: [
            CommandGroup(name: "Work here", subcommands: [RunCommand.self]),
            CommandGroup(name: "Work for the fleet", subcommands: [SubmitCommand.self]),
            CommandGroup(
                name: "See",
                subcommands: [
                    WatchCommand.self, StatusCommand.self, ListCommand.self, LogsCommand.self,
                    WorkersCommand.self,
                ]),
            CommandGroup(
                name: "Steer",
                subcommands: [CancelCommand.self, PauseCommand.self, ResumeCommand.self, RetryCommand.self]),
            CommandGroup(
                name: "Processes",
                subcommands: [UpCommand.self, CoordinatorCommand.self, WorkerCommand.self]),
        ])

    static func main() async {
        // A reader that went away is an error of the write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        do {
            try Settings.checkEnvironment()
            var command = try parseAsRoot(
                RawArguments.process.words.map { String(decoding: $0, as: UTF8.self) })
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

    private static func leave(with error: any Error) -> Never {
        if let code = error as? CLIGateway.ExitCode { end(code.rawValue) }
        let code = exitCode(of: error)
        let isOurs = error is BatchClientError || error is any Failure
        let text = isOurs ? "tally: \(error)" : fullMessage(for: error)
        if !text.isEmpty { (code == 0 ? Descriptor.standardOutput : .standardError).write(line: text) }
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

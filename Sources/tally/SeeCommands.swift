import ArgumentParser
import BatchClient
import CLIGateway
import UnixSignals

struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Show batches live, until they end.",
        discussion: """
            tally watch
            tally watch k3x9mq2wpd

            With an id it ends with the batch, and with the batch's exit code; without, with Ctrl-C.
            """)

    @Argument(help: "The batch; all if left out.")
    var id: BatchID?

    @Option(
        help: ArgumentHelp("How often to ask what exists and what runs. (default: 5s)", valueName: "time"))
    var pollInterval: DurationArgument?

    @OptionGroup var coordinator: CoordinatorOption

    func run() async throws {
        let display = ProgressDisplay(
            on: .standardOutput, whenEmpty: "no active batches; waiting for one",
            environment: Settings.environment)
        let following = Task {
            try await coordinator.connect { client in
                if let id { _ = try await client.batch(id).status() }
                return try await BatchFollower(
                    client: client, display: display, batch: id,
                    pollInterval: pollInterval?.duration ?? .seconds(5)
                ).follow()
            }
        }
        let signals = Task {
            for await signal in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
                following.cancel()
                return signal == .sigint ? CLIGateway.ExitCode.interrupted : .terminated
            }
            return CLIGateway.ExitCode.interrupted
        }
        do {
            let last = try await following.value
            if let last {
                display.finish(summaryOf: last)
                throw CLIGateway.ExitCode(last.status)
            }
        } catch is CancellationError {}
        display.finish(summaryOf: nil)
        throw await signals.value
    }
}

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "How far a batch is, or all that are active.",
        discussion: "tally status k3x9mq2wpd")

    @Argument(help: "The batch; all active ones if left out.")
    var id: BatchID?

    @Flag(help: "As JSON.")
    var json = false

    @OptionGroup var coordinator: CoordinatorOption

    func run() async throws {
        let found = try await coordinator.connect { client in
            if let id { return [try await client.batch(id).status()] }
            return try await client.activeBatches()
        }
        BatchListing(found, environment: Settings.environment).print(json: json, single: id != nil)
    }
}

struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Batches, those that ended as well; the newest first.",
        discussion: "tally list")

    @Flag(help: "As JSON, a line each.")
    var json = false

    @OptionGroup var coordinator: CoordinatorOption

    func run() async throws {
        let found = try await coordinator.connect {
            try await $0.recentBatches()
        }
        BatchListing(found, environment: Settings.environment).print(json: json, single: false)
    }
}

struct WorkersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workers", abstract: "Workers that the coordinator hears from.",
        discussion: "tally workers")

    @Flag(help: "As JSON, a line each.")
    var json = false

    @OptionGroup var coordinator: CoordinatorOption

    func run() async throws {
        let found = try await coordinator.connect {
            try await $0.activeWorkers()
        }
        WorkerListing(found).print(json: json)
    }
}

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "What an operation printed, or all that failed.",
        discussion: """
            tally logs k3x9mq2wpd 12
            tally logs k3x9mq2wpd --failed
            """)

    @Argument(help: "The batch.")
    var id: BatchID

    @Argument(help: "The operation's number, from 0.")
    var operation: Int?

    @Flag(help: "All operations that failed.")
    var failed = false

    @OptionGroup var coordinator: CoordinatorOption

    func run() async throws {
        guard failed != (operation != nil) else {
            throw UsageError("say which operation, or --failed. For example: tally logs \(id) --failed")
        }
        try await coordinator.connect { client in
            let printer = LogPrinter(batch: client.batch(id))
            if let operation { try await printer.print(operation) } else { try await printer.printFailed() }
        }
    }
}

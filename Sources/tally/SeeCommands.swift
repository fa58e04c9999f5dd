import ArgumentParser
import BatchClient
import CLIGateway

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "How far a batch is, or all that are active.",
        discussion: """
              tally status
              tally status k3x9mq2wpd

            Exits with 0 when it was answered, however the batch stands.
            """)

    @Argument(
        help: "The batch's id; all active batches if left out.", completion: BatchID.completion,
        transform: BatchID.parse)
    var id: BatchID?

    @Flag(help: "As JSON, a line for each batch.")
    var json = false

    @OptionGroup var coordinator: CoordinatorOption

    func run() async throws {
        let found = try await coordinator.connect { client in
            if let id { return [try await client.batch(id).status()] }
            return try await client.activeBatches()
        }
        try BatchListing(found, environment: Settings.environment).print(json: json, single: id != nil)
    }
}

struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Batches, those that ended as well.",
        discussion: """
              tally list

            Those that have not ended come first, then those that have; of each the newest first, and at most \
            1,000. FINISHED counts what completed, failed or was cancelled; LABEL, the last column, may hold \
            spaces. For programs there is --json.

            Those that ended are kept for a day, those that failed or were cancelled for seven.
            """)

    @Flag(help: "As JSON, a line for each batch.")
    var json = false

    @OptionGroup var coordinator: CoordinatorOption

    func run() async throws {
        let found = try await coordinator.connect { try await $0.recentBatches() }
        try BatchListing(found, environment: Settings.environment).print(json: json, single: false)
    }
}

struct WorkersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workers",
        abstract: "Workers that the coordinator hears from.",
        discussion: """
              tally workers

            SLOTS is how many operations one runs at once, HELD how many it has been given, FOR whose \
            operations it takes.
            """)

    @Flag(help: "As JSON, a line for each worker.")
    var json = false

    @OptionGroup var coordinator: CoordinatorOption

    func run() async throws {
        let found = try await coordinator.connect { try await $0.activeWorkers() }
        try WorkerListing(found).print(json: json)
    }
}

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "What an operation printed, or all that failed.",
        discussion: """
              tally logs k3x9mq2wpd 12
              tally logs k3x9mq2wpd --failed

            Its standard output comes on standard output, the rest on standard error: a line that tells how it \
            ended, and its standard error. Of long output the first and the last 32 KiB are kept.
            """)

    @Argument(help: "The batch's id.", completion: BatchID.completion, transform: BatchID.parse)
    var id: BatchID

    @Argument(help: "The operation's number, from 0: one less than 'tally run' means by {#}.")
    var operation: Int?

    @Flag(help: "All operations that failed.")
    var failed = false

    @OptionGroup var coordinator: CoordinatorOption

    func run() async throws {
        guard failed != (operation != nil) else {
            throw UsageError(
                "say which operation, or --failed. For example: tally logs \(id) --failed")
        }
        try await coordinator.connect { client in
            let printer = LogPrinter(batch: client.batch(id))
            if let operation { try await printer.print(operation) } else { try await printer.printFailed() }
        }
    }
}

import ArgumentParser
import BatchClient
import CLIGateway

struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Show batches live, until they end.",
        discussion: """
              tally watch
              tally watch k3x9mq2wpd

            With an id it ends with the batch, and with its exit code: 0 all completed, 1 some failed, \
            3 cancelled. Without, it ends with Ctrl-C. The batch itself goes on, whatever happens here.
            """)

    @Argument(
        help: "The batch's id; all batches if left out.", completion: BatchID.completion,
        transform: BatchID.parse)
    var id: BatchID?

    @Option(
        help: ArgumentHelp(
            "How often to ask what exists and what runs: 500ms, 5s, 1m. (default: 5s)", valueName: "time"))
    var pollInterval: DurationArgument?

    @OptionGroup var coordinator: CoordinatorOption

    func run() async throws {
        let display = ProgressDisplay(
            on: .standardOutput, whenEmpty: "no active batches; waiting for one",
            environment: Settings.environment)
        // Whatever happens, the terminal is given back.
        defer { display.finish(summaryOf: nil) }
        let outcome = try await untilInterrupted(writingTo: .standardOutput) {
            try await coordinator.connect { client in
                let detail = if let id { try await client.batch(id).status() } else { nil as BatchDetail? }
                let last = try await BatchFollower(
                    client: client, display: display, batch: id,
                    pollInterval: pollInterval?.duration ?? .seconds(5)
                ).follow()
                return (last: last, belongsToRun: detail?.belongsToRun ?? false)
            }
        }
        switch outcome {
        case .ended(let (last, belongsToRun)):
            display.finish(summaryOf: last, belongsToRun: belongsToRun)
            if let last { throw CLIGateway.ExitCode(last.status) }
        case .interrupted(let code):
            throw code
        }
    }
}

struct WaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Wait for a batch to end, and print nothing.",
        discussion: """
              id=$(tally submit operations.ndjson)
              tally wait "$id" && echo done

            It ends with the batch, and with its exit code: 0 all completed, 1 some failed, 3 cancelled. \
            Interrupting it doesn't stop the batch.
            """)

    @OptionGroup var batch: BatchArgument

    func run() async throws {
        let outcome = try await untilInterrupted {
            try await batch.coordinator.connect { client in
                for try await event in client.batch(batch.id).events where event.status.isEnd {
                    return CLIGateway.ExitCode(event.status)
                }
                throw CancellationError()
            }
        }
        switch outcome {
        case .ended(let code), .interrupted(let code): throw code
        }
    }
}

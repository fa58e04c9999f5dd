import ArgumentParser
import BatchClient
import CLIGateway

struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "End a batch; what runs is stopped.",
        discussion: """
              tally cancel k3x9mq2wpd

            Commands that run get SIGTERM, and SIGKILL if they don't end. It can't be undone; 'tally pause' can.
            """)

    @OptionGroup var batch: BatchArgument

    func run() async throws {
        try await batch.steer { try await $0.cancel(actor: Settings.actor, interface: "cli") }
    }
}

struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Start nothing more of a batch; what runs may end.",
        discussion: """
              tally pause k3x9mq2wpd

            'tally resume' goes on with it.
            """)

    @OptionGroup var batch: BatchArgument

    func run() async throws {
        try await batch.steer { try await $0.pause(actor: Settings.actor, interface: "cli") }
    }
}

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Go on with a batch that was paused.",
        discussion: """
              tally resume k3x9mq2wpd

            What 'tally run' began goes on where its commands can run, by: tally run --resume k3x9mq2wpd
            """)

    @OptionGroup var batch: BatchArgument

    func run() async throws {
        try await batch.steer { handle in
            try await handle.resume(actor: Settings.actor, interface: "cli")
            // Above all what needs workers that only 'tally run' brings: nothing else would come of it.
            if let reason = try? await handle.status().waitsFor {
                Descriptor.standardError.write(line: "tally: \(reason)")
            }
        }
    }
}

struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Make a new batch of the operations that failed.",
        discussion: """
              tally retry k3x9mq2wpd

            It prints the new batch's id. The coordinator's workers begin with it at once; what 'tally run' \
            began runs here again, by: tally run --resume NEW_ID
            """)

    @OptionGroup var batch: BatchArgument

    func run() async throws {
        try await batch.steer { handle in
            let new = try await handle.retry(actor: Settings.actor, interface: "cli")
            try Descriptor.standardOutput.print([new.id.description])
            // No worker of the coordinator's takes what a run's own workers have to do.
            if try await new.status().lane == new.id.description {
                Descriptor.standardError.write(line: "tally: run it here with: tally run --resume \(new.id)")
            }
        }
    }
}

struct BatchArgument: ParsableArguments {
    @Argument(
        help: "The batch's id, such as 'tally list' shows.", completion: BatchID.completion,
        transform: BatchID.parse)
    var id: BatchID

    @OptionGroup var coordinator: CoordinatorOption

    func steer(_ body: (BatchHandle) async throws -> Void) async throws {
        try await coordinator.connect { try await body($0.batch(id)) }
    }
}

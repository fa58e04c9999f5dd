import ArgumentParser
import BatchClient
import CLIGateway

struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "End a batch; what runs is stopped.",
        discussion: "tally cancel k3x9mq2wpd")

    @OptionGroup var batch: BatchArgument

    func run() async throws { try await batch.steer { try await $0.cancel() } }
}

struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Start nothing more of a batch; what runs ends.",
        discussion: "tally pause k3x9mq2wpd")

    @OptionGroup var batch: BatchArgument

    func run() async throws { try await batch.steer { try await $0.pause() } }
}

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Go on with a batch that was paused.",
        discussion: "tally resume k3x9mq2wpd")

    @OptionGroup var batch: BatchArgument

    func run() async throws { try await batch.steer { try await $0.resume() } }
}

struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Make a new batch of the operations that failed; prints its id.",
        discussion: "tally retry k3x9mq2wpd")

    @OptionGroup var batch: BatchArgument

    func run() async throws {
        try await batch.steer { handle in
            let new = try await handle.retry(actor: Settings.actor, interface: "cli")
            Descriptor.standardOutput.write(line: new.id.description)
        }
    }
}

struct BatchArgument: ParsableArguments {
    @Argument(help: "The batch.")
    var id: BatchID

    @OptionGroup var coordinator: CoordinatorOption

    func steer(_ body: (BatchHandle) async throws -> Void) async throws {
        try await coordinator.connect { try await body($0.batch(id)) }
    }
}

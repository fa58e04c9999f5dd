import ArgumentParser
import BatchClient
import BatchProtocol
import BatchWorker
import CLIGateway
import Glibc
import Logging
import Observability

struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Run operations that the coordinator hands out.",
        discussion: """
              tally worker --allow-commands --slots 4

            It runs commands with its own environment, if it is allowed to, and finds the coordinator again whenever \
            that was away. SIGTERM or Ctrl-C lets what runs end first.
            """)

    @Flag(help: "Run commands: whatever those say who may submit, as the user that this worker is.")
    var allowCommands = false

    @Option(
        help: ArgumentHelp(
            "Run commands, but only these programs, without a shell, in the worker's environment: names or paths, with commas between.",
            valueName: "programs"))
    var allowPrograms: String?

    @Option(
        help: ArgumentHelp(
            "How many operations at once, 1 to 10000. (default: the number of cores)", valueName: "n"))
    var slots: Int?

    @Option(help: "What people know it by. (default: host and process id)")
    var name: String?

    @OptionGroup var coordinator: CoordinatorOption

    @OptionGroup var probes: ProbeOption

    @Option(help: .hidden)
    var lane: String?

    @Flag(help: .hidden)
    var relay = false

    @Option(help: .hidden)
    var results: String?

    @Flag(help: .hidden)
    var tellAll = false

    @Flag(help: .hidden)
    var askAfterFailures = false

    func run() async throws {
        let slots = slots ?? Settings.processorCount
        guard 1...WireLimits.workerSlots ~= slots else {
            throw UsageError("--slots is 1 to \(WireLimits.workerSlots), not \(slots)")
        }
        let outputRelay = OutputRelay(
            writingTo: STDOUT_FILENO, results: results, tellsAll: tellAll,
            asksAfterFailures: askAfterFailures)
        let log = Settings.logger("tally.worker")
        var worker = OperationWorker(connectingTo: try coordinator.address, name: name, slots: slots)
        worker.handleTrials()
        if let lane { worker.work(onlyFor: lane) }
        worker.log(to: log)
        let commands = try permission.map { permission in
            try CommandHandler(
                permitting: permission, environment: Self.commandEnvironment,
                relay: relay ? outputRelay : nil)
        }
        if let commands {
            worker.handleCommands(commands)
            if allowCommands { worker.handlePosts(commands) }
        } else {
            log.notice("runs no commands: it was started without --allow-commands")
        }
        let link = worker.link
        let status = ProcessStatus { link.lack.map { [$0] } ?? [] }
        var wasRefused = false
        do {
            try await probes.serve(status, log: log) { [worker] in
                if relay, let commands {
                    let lifeline = Lifeline(readingFrom: STDIN_FILENO) { commands.killAll() }
                    try await worker.run(obeying: lifeline, relay: outputRelay)
                } else {
                    try await worker.run()
                }
            }
        } catch is WorkerRefused {
            wasRefused = true
        }
        await commands?.close()
        if wasRefused { throw CLIGateway.ExitCode.workerRefused }
    }

    /// Nil: no commands at all.
    private var permission: CommandPermission? {
        get throws {
            guard let allowPrograms else { return allowCommands ? .everything : nil }
            guard !allowCommands else {
                throw UsageError(
                    "--allow-commands allows all programs, --allow-programs only some: one of them")
            }
            let names = allowPrograms.split(separator: ",").map(String.init)
            guard !names.isEmpty else { throw UsageError("--allow-programs: no program is named") }
            do {
                return try CommandPermission(programs: names, environment: Self.commandEnvironment)
            } catch {
                throw UsageError("--allow-programs: \(error)")
            }
        }
    }

    /// None of the commands' business.
    private static let secrets = [
        "TALLY_KEY=", "TALLY_MCP_TOKEN=", "TALLY_MATRIX_TOKEN=", "TALLY_MATRIX_PASSWORD=",
    ]

    /// What commands inherit; not all of it need be text.
    private static var commandEnvironment: [[UInt8]] {
        var settings: [[UInt8]] = []
        while let setting = environ[settings.count] {
            settings.append(
                UnsafeBufferPointer(start: setting, count: strlen(setting)).map(UInt8.init(bitPattern:)))
        }
        return settings.filter { setting in !secrets.contains { setting.starts(with: $0.utf8) } }
    }
}

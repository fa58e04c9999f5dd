import AccessControl
import ArgumentParser
import BatchClient
import BatchEngine
import BatchProtocol
import BatchStore
import BatchWorker
import CLIGateway
import Coordinator
import Foundation
import Glibc
import LocalFleet
import Logging
import Observability
import UnixSignals

struct CoordinatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coordinator",
        abstract: "Accept batches, hand them to workers, publish their progress.",
        discussion: """
              tally coordinator
              tally coordinator --bind tcp://10.0.0.1:5550 --allow allowed

            It listens for the user's own commands and workers, in a folder that only they can reach. On tcp it lets \
            those in whose keys the allow-list has (see tally keygen), each for what its roles say; TALLY_KEY \
            names its own. A list that changes is taken up at once. SIGTERM or Ctrl-C ends it; batches are kept, and gone on with by the next \
            one.
            """)

    @Option(
        help: ArgumentHelp(
            "Where to listen: ipc:///FOLDER/control, or tcp://HOST:PORT, which takes that port and the three after it. (default: TALLY_COORDINATOR, else the user's own address)",
            valueName: "address"))
    var bind: String?

    @Option(
        help: ArgumentHelp(
            "On tcp: the file that says whose keys may do what. TALLY_KEY names the coordinator's own.",
            valueName: "file"))
    var allow: String?

    @Flag(
        help: "Listen on tcp without keys: whoever can reach the port may then run commands on the workers.")
    var insecure = false

    @Option(
        help: ArgumentHelp(
            "The file that keeps the batches. (default: in the state folder)", valueName: "file"))
    var store: String?

    @Option(
        help: ArgumentHelp(
            "A batch's progress is told at most this often: 100ms, 2s. (default: 500ms)", valueName: "time"))
    var eventInterval: DurationArgument?

    @Option(
        help: ArgumentHelp(
            "Batches that completed are kept this long: 12h, 7d. (default: 1d)", valueName: "time"))
    var keepCompleted: DurationArgument?

    @Option(
        help: ArgumentHelp(
            "Batches that failed or were cancelled are kept this long. (default: 7d)", valueName: "time"))
    var keepFailed: DurationArgument?

    @OptionGroup var probes: ProbeOption

    @Flag(help: .hidden)
    var onDemand = false

    func run() async throws {
        let folder = try StateFolder()
        let log = Settings.logger("tally.coordinator")
        // libzmq ends the process when it can't accept a connection for want of descriptors.
        raiseFileLimit()
        let status = ProcessStatus { ["the store is being read"] }
        try await probes.serve(status, log: log) { try await run(folder, status, log) }
        log.info("ended")
    }

    private func run(_ folder: StateFolder, _ status: ProcessStatus, _ log: Logger) async throws {
        let coordinator = try await start(folder, status, log)
        // Before it says so: who reads that it listens may end it.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let listening = try address(folder).control
        log.info("listening", metadata: ["control": "\(listening)"])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in signals { await coordinator.stop() }
            }
            try await coordinator.untilEnd()
            group.cancelAll()
        }
    }

    private func start(_ folder: StateFolder, _ status: ProcessStatus, _ log: Logger) async throws
        -> Coordinator
    {
        let configuration = try configuration(folder)
        let succession = try await succession(folder, log)
        defer { withExtendedLifetime(succession) {} }
        let coordinator = try Coordinator(configuration, log: log)
        status.answer(lacking: { await coordinator.lacking }, measure: { await coordinator.measure() })
        try await coordinator.start()
        folder.note(onDemand: onDemand)
        return coordinator
    }

    /// Nil: who starts one on demand has looked whether another is there, and a store that was named is nobody else's.
    private func succession(_ folder: StateFolder, _ log: Logger) async throws -> CoordinatorSuccession? {
        guard !onDemand, store == nil else { return nil }
        let address = CoordinatorAddress("\(try address(folder).control)")
        let path = folder.storePath
        let succession = try await CoordinatorSuccession(at: address, in: folder) {
            StoreInspection(path: path).holder
        }
        if let process = succession.predecessor {
            log.info(
                "took the place of the one that was started on demand", metadata: ["process": "\(process)"])
        }
        return succession
    }

    private func configuration(_ folder: StateFolder) throws -> CoordinatorConfiguration {
        let addresses = try address(folder)
        var configuration = CoordinatorConfiguration(
            addresses: addresses, storePath: store ?? folder.storePath,
            program: "tally \(Tally.version)")
        configuration.access = try access(to: addresses)
        if let eventInterval { configuration.engine.eventInterval = eventInterval.duration }
        if let keepCompleted { configuration.retention.completed = keepCompleted.duration }
        if let keepFailed { configuration.retention.failed = keepFailed.duration }
        // Gone ten seconds after the last client: it is noticed within a beacon, and ending takes a moment.
        if onDemand { configuration.idleLimit = .seconds(8) }
        return configuration
    }

    private func address(_ folder: StateFolder) throws -> CoordinatorAddresses {
        let control =
            bind ?? Settings.coordinator?.description ?? "ipc://\(folder.runtimePath)/control"
        try Settings.check(address: control, from: "--bind")
        if bind == nil, Settings.coordinator == nil { try folder.checkSocketPath() }
        return try CoordinatorAddresses(control: control)
    }

    private func access(to addresses: CoordinatorAddresses) throws -> CoordinatorConfiguration.Access? {
        guard addresses.isTCP else {
            guard allow == nil else {
                throw UsageError("--allow is for tcp://: on ipc:// whoever may enter the folder may connect")
            }
            return nil
        }
        switch (allow, insecure) {
        case (nil, true): return nil
        case (_?, true): throw UsageError("--allow asks for keys, and --insecure for none: one of them")
        case (nil, false):
            throw UsageError(
                "\(addresses.control): on tcp anybody who reaches the port could run commands on the workers. Make "
                    + "keys with tally keygen, and say --allow FILE; or listen on ipc://; or say --insecure if only "
                    + "friends can reach it")
        case (let allow?, false):
            guard let path = Settings.environment["TALLY_KEY"], !path.isEmpty else {
                throw UsageError(
                    "--allow: TALLY_KEY has to name the coordinator's own key, made by tally keygen")
            }
            guard let keys = try KeyFile(path: path, secret: true).keys else {
                preconditionFailure("a secret file has both halves")
            }
            return CoordinatorConfiguration.Access(keys: keys, allowListPath: allow)
        }
    }
}

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
        log.info("ended")
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

struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Run a coordinator, a worker and tally mcp together, until Ctrl-C.",
        discussion: """
              tally up

            For trying things out, and for work that is submitted on this machine alone. Where TALLY_MATRIX_HOMESERVER \
            is set, 'tally matrix' runs as well.
            """)

    @Option(help: ArgumentHelp("How many operations at once. (default: the number of cores)", valueName: "n"))
    var slots: Int?

    func run() async throws {
        let folder = try StateFolder()
        // Each of the processes would say it.
        if Settings.coordinator == nil { try folder.checkSocketPath() }
        // Before there are processes that an early end would leave behind.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let fleet = try Fleet(executable: Settings.executable, slots: slots ?? Settings.processorCount)
        let gateways = ["mcp"] + (Settings.environment["TALLY_MATRIX_HOMESERVER"] == nil ? [] : ["matrix"])
        let start = Task {
            let address = Settings.coordinator ?? CoordinatorAddress("ipc://\(folder.runtimePath)/control")
            try await BatchConnection.open(to: address, timeout: .seconds(20)) { _ in
                for gateway in gateways { try fleet.startGateway(gateway) }
            }
        }
        let steering = Task {
            for await _ in signals { fleet.stop() }
        }
        let wereAsked = await fleet.untilGone()
        steering.cancel()
        start.cancel()
        // The one that ended by itself has said why.
        if !wereAsked { throw CLIGateway.ExitCode.someFailed }
    }
}

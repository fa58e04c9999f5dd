import AccessControl
import ArgumentParser
import BatchClient
import BatchEngine
import BatchProtocol
import BatchStore
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

    private func start(
        _ folder: StateFolder, _ status: ProcessStatus, _ log: Logger
    ) async throws -> Coordinator {
        let configuration = try configuration(folder)
        let succession = try await succession(folder, log)
        defer { withExtendedLifetime(succession) {} }
        let coordinator = try Coordinator(configuration, log: log)
        status.answer(lacking: { await coordinator.lacking }, measure: { await coordinator.measure() })
        if onDemand {
            folder.note(OnDemandMark(process: getpid(), address: configuration.addresses.control))
        }
        try await coordinator.start()
        if succession != nil { folder.note(nil) }
        if let process = succession?.predecessor {
            log.info(
                "took the place of the one that was started on demand", metadata: ["process": "\(process)"])
        }
        return coordinator
    }

    /// Nil: whoever starts one on demand has looked whether another is there, and another store is nobody else's.
    private func succession(_ folder: StateFolder, _ log: Logger) async throws -> CoordinatorSuccession? {
        let path = folder.storePath
        guard !onDemand, store == nil || store == path else { return nil }
        // One that we can't go on with is left to whoever can.
        if case .refused(let reason) = StoreInspection(path: path).state { throw reason }
        return try await CoordinatorSuccession(
            at: try address(folder).control, in: folder, holder: { StoreInspection.holder(ofStore: path) },
            waiting: { process in
                log.info(
                    "waiting for the one that was started on demand to leave",
                    metadata: ["process": "\(process)"])
            })
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

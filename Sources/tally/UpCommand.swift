import ArgumentParser
import BatchClient
import CLIGateway
import LocalFleet
import UnixSignals

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

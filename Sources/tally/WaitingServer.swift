import HTTPGateway
import Logging
import Synchronization

/// Listens where `tally mcp` is to listen, as long as there is no coordinator to tell of: whoever probes it sees that it
/// lives, and what it waits for.
final class WaitingServer: Sendable {
    private let server: HTTPServer
    private let serving = Mutex<Task<Void, any Error>?>(nil)

    init(_ configuration: HTTPServerConfiguration, probes: ProbeRoutes, log: Logger) {
        // Whoever reads the log looks for the word of the server that has the batches.
        var log = log
        log.logLevel = max(log.logLevel, .warning)
        server = HTTPServer(
            configuration, streams: OpenStreams(), log: log,
            routes: [probes.addRoutes, WaitingRoutes().addRoutes])
    }

    /// An address that can't be had is told of by the server that follows.
    func start() {
        let task = Task { [server] in try await server.run() }
        serving.withLock { $0 = task }
    }

    /// Returns when the address is free.
    func stop() async {
        let task = serving.withLock { $0 }
        task?.cancel()
        _ = await task?.result
    }
}

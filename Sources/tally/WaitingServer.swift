import HTTPGateway
import Logging
import Synchronization

/// Listens where `tally mcp` is to listen, as long as there is no coordinator to tell of: whoever probes it sees that it
/// lives, and what it waits for.
final class WaitingServer: Sendable {
    private enum State {
        case idle
        case serving(Task<Void, any Error>)
        case stopped
    }

    private let server: HTTPServer
    private let state = Mutex(State.idle)

    init(_ configuration: HTTPServerConfiguration, probes: ProbeRoutes, log: Logger) {
        // Whoever reads the log looks for the word of the server that has the batches.
        var log = log
        log.logLevel = max(log.logLevel, .warning)
        server = HTTPServer(
            configuration, streams: OpenStreams(), log: log,
            routes: [probes.addRoutes, WaitingRoutes().addRoutes])
    }

    /// An address that can't be had is told of by the server that follows.
    ///
    /// Nothing happens the second time, since there may be several reasons to wait, nor after `stop`: what there was to
    /// wait for may come while somebody says that it is waited for.
    func start() {
        state.withLock { state in
            guard case .idle = state else { return }
            state = .serving(Task { [server] in try await server.run() })
        }
    }

    /// For good. Returns when the address is free.
    func stop() async {
        let task: Task<Void, any Error>? = state.withLock { state in
            defer { state = .stopped }
            guard case .serving(let task) = state else { return nil }
            return task
        }
        task?.cancel()
        _ = await task?.result
    }
}

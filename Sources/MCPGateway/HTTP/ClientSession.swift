import MCPProtocol
import Synchronization

/// A client of the older era, from its handshake to its end: what it has asked for goes on whether or not it is
/// connected just now.
final class ClientSession: Sendable {
    private struct State {
        var rules = MCPSession()
        var underway: [RPCID: Task<Void, Never>] = [:]
        var streams: [Int: ReplayLog] = [:]
        var lastStream = 0
        var lastUsed = ContinuousClock.now
        var watching: Task<Void, Never>?
    }

    /// Streams that a client could still ask for, at most; the oldest go first.
    private static let mostStreams = 64

    /// What isn't about a request of the client's: that resources changed.
    let general = ReplayLog()
    private let desk: MCPDesk
    private let watch: ResourceWatch
    private let state = Mutex(State())

    init(_ desk: MCPDesk) {
        self.desk = desk
        watch = ResourceWatch([], desk.client) { [general] uri in
            general.append(.resourceUpdated(uri.text, subscription: nil))
        }
    }

    var lastUsed: ContinuousClock.Instant { state.withLock { $0.lastUsed } }

    var isBusy: Bool { state.withLock { !$0.underway.isEmpty } }

    func answer(to request: RPCRequest) -> MCPRules.Answer {
        state.withLock { state in
            state.lastUsed = .now
            return state.rules.receive(request, desk.rules)
        }
    }

    func receive(_ notification: RPCNotification) {
        guard notification.method == "notifications/cancelled",
            let id = notification.parameters["requestId"].flatMap(RPCID.init)
        else { return }
        state.withLock { $0.underway[id] }?.cancel()
    }

    /// Begins what takes long; the stream tells how it goes, and its answer.
    func start(_ call: MCPCall) -> (name: Int, log: ReplayLog) {
        let log = ReplayLog()
        let name = state.withLock { state in
            state.lastStream += 1
            state.streams[state.lastStream] = log
            if state.streams.count > Self.mostStreams, let oldest = state.streams.keys.min() {
                state.streams.removeValue(forKey: oldest)?.finish()
            }
            state.underway[call.id]?.cancel()
            state.underway[call.id] = Task { await self.perform(call, into: log) }
            return state.lastStream
        }
        return (name, log)
    }

    private func perform(_ call: MCPCall, into log: ReplayLog) async {
        if let answer = await desk.perform(call, tell: { log.append($0) }) { log.append(answer) }
        log.finish()
        state.withLock { $0.underway[call.id] = nil }
    }

    /// A stream by its number; 0 is the general one.
    func stream(_ name: Int) -> ReplayLog? {
        state.withLock { state in
            state.lastUsed = .now
            return name == 0 ? general : state.streams[name]
        }
    }

    func subscribe(_ call: MCPCall, _ uri: String) async -> OutgoingMessage {
        do throws(RPCError) {
            watch.add(try await desk.check(uri))
            state.withLock { state in
                state.watching = state.watching ?? Task { [watch] in await watch.run() }
            }
            return .result(call.id, call.dialect.result())
        } catch {
            return .error(call.id, error)
        }
    }

    func unsubscribe(_ call: MCPCall, _ uri: String) -> OutgoingMessage {
        if let uri = BatchURI(uri) { watch.remove(uri) }
        return .result(call.id, call.dialect.result())
    }

    /// Whatever it had asked for is ended.
    func end() {
        let (tasks, streams) = state.withLock { state in
            let tasks = state.underway.values.map(\.self) + [state.watching].compactMap(\.self)
            return (tasks, Array(state.streams.values))
        }
        for task in tasks { task.cancel() }
        for stream in streams + [general] { stream.finish() }
    }
}

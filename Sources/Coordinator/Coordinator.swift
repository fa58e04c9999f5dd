import AccessControl
import BatchEngine
import BatchProgress
import BatchProtocol
import BatchStore
import Logging
import ZeroMQ

/// The engine's shell: four sockets in, a store, directives out.
///
/// It runs on one loop's thread. What has arrived is put through the engine in one synchronous turn; the
/// store commits on a thread of its own, and the turns made meanwhile form the next commit. Whatever tells of
/// a batch waits for the commit that it rests on; signs of life don't.
package actor Coordinator {
    package nonisolated let loop: SocketLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let configuration: CoordinatorConfiguration
    let log: Logger
    let store: BatchStore
    let clock = ProcessClock()

    let control: Socket
    /// Made anew when somebody may not listen any more.
    var events: Socket
    let eventsOptions: SocketOptions
    /// Where it listens, as clients are told.
    var eventsAddress = ""
    /// It was let go of, and somebody else has it.
    var lacksEventsAddress = false
    let dispatch: Socket
    let completions: Socket
    private var authenticator: Authenticator?
    /// Nil: no keys are asked for.
    var allowed: AllowListFile?

    var engine: BatchEngine
    /// Changes with each start, and with each recovery after a commit that failed.
    var epoch: Int64
    var pending = PendingTurns()
    /// When the commit that is under way was given to the store.
    var committingSince: Timestamp?
    var hold: Hold?
    /// Why and when the store refused a commit last, until it takes one.
    var refusal: (reason: WireError, at: Timestamp)?
    var metrics: CoordinatorMetrics
    var measuredAt: Timestamp?
    /// Of the newest event that was sent.
    var published: Int64
    /// Where each worker's session was heard from last.
    var routes: [SessionID: WorkerRoute] = [:]
    var clients: [Frame: Timestamp] = [:]
    var idleSince: Timestamp?
    /// When it was last seen to run.
    var awakeAt: Timestamp
    var rejections = Rejections()
    var budget = RequestBudget(
        perSecond: WireLimits.messagesPerSecond, burst: WireLimits.messageBurst)
    var timers: Timers?
    var isStopping = false
    private var ending: [CheckedContinuation<Void, any Error>] = []
    private var end: Result<Void, any Error>?

    /// After a commit that failed nothing is changed until this moment.
    struct Hold {
        var until: Timestamp
        var reason: WireError
    }

    struct Timers {
        var wake: LoopTimer
        var beacon: LoopTimer
        var sweep: LoopTimer
        var rebind: LoopTimer
    }

    /// Opens the store and recovers what is in it; nothing is heard before `start`.
    ///
    /// - Throws: `StoreError`, `ZeroMQError`.
    package init(_ configuration: CoordinatorConfiguration, log: Logger) throws {
        self.configuration = configuration
        self.log = log
        loop = try SocketLoop(name: "coordinator")
        store = try BatchStore(path: configuration.storePath)
        var options = SocketOptions()
        options.maximumFrames = WireLimits.frames
        options.maximumFrameBytes = WireLimits.frameBytes
        options.sendHighWaterMark = 10_000
        let access = configuration.access
        allowed = try access.map { try AllowListFile(path: $0.allowListPath) }
        control = try Socket(.router, options: options.secured(by: access, as: .control), loop: loop)
        eventsOptions = options.secured(by: access, as: .events)
        events = try Socket(.publish, options: eventsOptions, loop: loop)
        dispatch = try Socket(.router, options: options.secured(by: access, as: .dispatch), loop: loop)
        completions = try Socket(.pull, options: options.secured(by: access, as: .completions), loop: loop)
        let now = clock.now
        epoch = now.microseconds
        engine = BatchEngine(
            recovering: try store.recover(), configuration: configuration.engine,
            seed: UInt64.random(in: .min ... .max), at: now)
        published = engine.revision
        awakeAt = now
        metrics = CoordinatorMetrics(beginningWith: engine)
    }

    /// Listens from now on.
    ///
    /// - Throws: `ZeroMQError` that names the address that could not be had.
    package func start() throws {
        try bind()
        awakeAt = clock.now
        watch(control) { $0.drainControl() }
        watch(dispatch) { $0.drainDispatch() }
        watch(completions) { $0.drainCompletions() }
        timers = Timers(
            wake: makeTimer { $0.turn() }, beacon: makeTimer { $0.beat() }, sweep: makeTimer { $0.sweep() },
            rebind: makeTimer { $0.listenForSubscribers() })
        goOnWithRetries()
        turn { engine, turn in engine.begin(in: &turn) }
        beat()
        sweep()
    }

    /// Returns when the coordinator has ended: after `stop`, or when it was idle for long enough.
    ///
    /// - Throws: `StoreError` if what is durable can't be read any more.
    package func untilEnd() async throws {
        if let end { return try end.get() }
        try await withCheckedThrowingContinuation { ending.append($0) }
    }

    /// Takes nothing more, makes durable what was taken, and ends.
    package func stop() {
        guard !isStopping else { return }
        isStopping = true
        for socket in [control, dispatch, completions] { loop.unwatch(socket) }
        finishIfStopping()
    }

    /// Once nothing waits for the store any more.
    func finishIfStopping() {
        guard isStopping, committingSince == nil, pending.isEmpty else { return }
        finish(.success(()))
    }

    func finish(_ result: Result<Void, any Error>) {
        guard end == nil else { return }
        isStopping = true
        end = result
        for socket in [control, dispatch, events, completions] { socket.close() }
        authenticator?.close()
        timers = nil
        for continuation in ending { continuation.resume(with: result) }
        ending = []
        loop.stop()
    }

    private func bind() throws(ZeroMQError) {
        // Before anybody can connect.
        if allowed != nil {
            authenticator = try makeAuthenticator()
            try authenticator?.start()
        }
        let addresses = configuration.addresses
        try events.bind(addresses.events)
        eventsAddress = events.lastEndpoint
        try dispatch.bind(addresses.dispatch)
        try completions.bind(addresses.completions)
        // Last, since whoever reaches control expects the others to be there.
        try control.bind(addresses.control)
    }

    private func watch(_ socket: Socket, _ drain: @escaping @Sendable (isolated Coordinator) -> Void) {
        loop.watch(socket) { [weak self] in self?.assumeIsolated { drain($0) } }
    }

    private func makeTimer(_ fire: @escaping @Sendable (isolated Coordinator) -> Void) -> LoopTimer {
        loop.makeTimer { [weak self] in self?.assumeIsolated { fire($0) } }
    }
}

/// Where a session's worker is reached, and how many grants were sent there in this epoch.
struct WorkerRoute {
    var identity: Frame
    /// Only its holder speaks for the session.
    var key: CurveKey?
    var grants = 0
}

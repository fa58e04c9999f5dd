import AccessControl
import BatchProgress
import BatchProtocol
import Logging
import ZeroMQ

/// The shell of a worker's rules: two sockets, tasks for operations, a timer.
actor WorkerConnection {
    private nonisolated let loop: SocketLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// For tasks that only wait: no other thread has to be woken for them.
    private let loopTasks: LoopTaskExecutor
    private let addresses: CoordinatorAddresses
    private let handlers: [String: OperationHandler]
    private let log: Logger
    private let link: CoordinatorLink
    private let metrics = WorkerMetrics()
    private let clock = ProcessClock()
    private let dispatch: Socket
    private let completions: Socket
    private var session: WorkerSession
    private var timer: LoopTimer?
    private var tasks: [OperationKey: Task<Void, Never>] = [:]
    private var progressLimiters: [OperationKey: EventLimiter] = [:]
    /// Actions whose turn has not come: immediate operations end while others are being started.
    private var actions: [WorkerSession.Action] = []
    private var isPerforming = false
    private var ending: [CheckedContinuation<Void, Never>] = []
    private var hasEnded = false
    private let endsIfRefused: Bool
    private var wasConnected = false
    /// It isn't tried again: whoever started us is to know.
    private(set) var gaveUp = false
    /// Endpoints that didn't let us in when we tried last.
    private var refusing: Set<String> = []
    /// What was told last of messages that the coordinator, or we, didn't understand.
    private var complaint: WireError?

    init(_ worker: OperationWorker) throws {
        loop = try SocketLoop(name: "worker")
        loopTasks = LoopTaskExecutor(loop)
        addresses = try CoordinatorAddresses(control: worker.address.description)
        handlers = worker.handlers
        link = worker.link
        endsIfRefused = worker.endsIfRefused
        let keys = try worker.address.clientKeys()
        var options = SocketOptions()
        options.security = keys?.security ?? .none
        options.sendHighWaterMark = 10_000
        options.maximumFrameBytes = WireLimits.frameBytes
        dispatch = try Socket(.dealer, options: options, loop: loop)
        completions = try Socket(.push, options: options, loop: loop)
        let introduction = WorkerSession.Introduction(
            name: keys?.name.claim(worker.name) ?? worker.name, types: worker.handlers.keys.sorted(),
            lane: worker.lane, slots: worker.slots)
        var log = worker.log
        log[metadataKey: "worker"] = "\(introduction.name)"
        self.log = log
        var random = SystemRandomNumberGenerator()
        let sessionName =
            BatchID.random(using: &random).description + BatchID.random(using: &random).description
        session = WorkerSession(session: sessionName, introduction: introduction, at: clock.now)
    }

    func start() throws {
        for (socket, endpoint) in [(dispatch, addresses.dispatch), (completions, addresses.completions)] {
            try socket.connect(endpoint) { [weak self] failure in
                self?.assumeIsolated { $0.refusal(failure, at: endpoint) }
            }
        }
        loop.watch(dispatch) { [weak self] in self?.assumeIsolated { $0.drainOrders() } }
        timer = loop.makeTimer { [weak self] in self?.assumeIsolated { $0.tick() } }
        perform(session.begin(at: clock.now))
    }

    func drain() {
        guard !hasEnded else { return }
        log.info("taking nothing more; finishing what runs")
        perform(session.drain(at: clock.now))
    }

    /// Ends what runs, and waits for that.
    func stop() {
        guard !hasEnded else { return }
        log.info("ending what runs")
        perform(session.stopAll(at: clock.now))
    }

    /// Ends now: what runs is cancelled and not waited for.
    func leave() {
        guard !hasEnded else { return }
        hasEnded = true
        for task in tasks.values { task.cancel() }
        timer = nil
        dispatch.close()
        completions.close()
        log.info("ended")
        for continuation in ending { continuation.resume() }
        ending = []
        loop.stop()
    }

    func untilEnd() async {
        guard !hasEnded else { return }
        await withCheckedContinuation { ending.append($0) }
    }

    /// Told once; from then on it is tried each second.
    private func refusal(_ failure: HandshakeFailure?, at endpoint: String) {
        guard failure != nil else {
            if refusing.remove(endpoint) != nil { log.info("let in", metadata: ["endpoint": "\(endpoint)"]) }
            return
        }
        guard refusing.insert(endpoint).inserted else { return }
        let isOfRole =
            if case .authentication? = failure { true } else { false }
        let givesUp = isOfRole && endsIfRefused && !wasConnected
        let reason =
            switch failure {
            case .authentication:
                "our key is not on the coordinator's allow-list with the role work"
                    + (givesUp ? "" : "; trying again until it is")
            default:
                "the coordinator asks for other keys than ours, or for none: see TALLY_KEY, TALLY_COORDINATOR_KEY"
            }
        log.error("refused: \(reason)", metadata: ["endpoint": "\(endpoint)"])
        link.set(.refusing(reason))
        guard givesUp else { return }
        gaveUp = true
        // Not now: this is called in the middle of what the socket has to tell.
        loop.execute { self.assumeIsolated { $0.leave() } }
    }

    // MARK: What arrives

    private func drainOrders() {
        for _ in 0..<256 {
            guard !hasEnded, let received = receive() else { return }
            guard case .message(let frames) = received else { continue }
            do {
                let order = try WorkerOrder(frames: frames)
                switch order {
                case .error(let error): complain("the coordinator refused a message", error)
                case .welcome, .heartbeat: complaint = nil
                default: break
                }
                perform(session.receive(order, at: clock.now))
            } catch {
                complain("an order was not understood", error)
            }
        }
    }

    /// Once, until we understand each other again: READY is said each second.
    private func complain(_ what: Logger.Message, _ error: WireError) {
        guard complaint != error else { return }
        complaint = error
        guard let reason = error.reasonOfRefusal else {
            return log.error(what, metadata: ["error": "\(error.message)"])
        }
        log.error("\(reason)", metadata: ["error": "\(error.message)"])
        link.set(.refusing(reason))
        metrics.set(connected: false)
    }

    private func receive() -> Received? {
        do {
            return try dispatch.receive()
        } catch {
            log.error("a socket failed", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private func tick() {
        guard !hasEnded else { return }
        perform(session.tick(at: clock.now))
    }

    // MARK: What is to be done

    private func perform(_ new: [WorkerSession.Action]) {
        actions += new
        guard !isPerforming else { return }
        isPerforming = true
        while !actions.isEmpty {
            let batch = actions
            actions = []
            for action in batch { perform(action) }
        }
        isPerforming = false
        tellState()
        if !hasEnded { timer?.set(at: clock.instant(of: session.nextDeadline)) }
    }

    private func tellState() {
        metrics.set(running: session.running.count, unacknowledged: session.outbox.count)
        let isConnected = session.isConnected && !hasEnded && complaint?.reasonOfRefusal == nil
        guard isConnected != (link.current == .connected) else { return }
        if isConnected, !wasConnected {
            wasConnected = true
            log.info(
                "taking operations",
                metadata: ["control": "\(addresses.control)", "slots": "\(session.introduction.slots)"])
        }
        metrics.set(connected: isConnected)
        link.set(isConnected ? .connected : .away)
    }

    private func perform(_ action: WorkerSession.Action) {
        guard !hasEnded else { return }
        switch action {
        case .send(let message): send(message.frames, over: dispatch)
        case .report(let report): send(report.frames, over: completions)
        case .start(let key, let type, let data): start(key, type, data)
        case .stop(let key): tasks[key]?.cancel()
        case .lostCoordinator: tellLoss()
        case .foundCoordinator: log.info("found the coordinator")
        case .drained: leave()
        }
    }

    /// One that doesn't let us in has been told of.
    private func tellLoss() {
        if wasConnected {
            log.warning("lost the coordinator, looking for it")
        } else if refusing.isEmpty {
            log.warning(
                "no coordinator has answered yet, looking for it",
                metadata: ["control": "\(addresses.control)"])
        }
    }

    /// What can't be sent now is sent again: reports are kept, and heartbeats follow each other.
    private func send(_ frames: [Frame], over socket: Socket) {
        do {
            try socket.send(frames)
        } catch {
            log.error("a socket failed", metadata: ["error": "\(error)"])
        }
    }

    private func start(_ key: OperationKey, _ type: String, _ data: [UInt8]) {
        switch handlers[type] {
        case .immediate(let run): finish(key, run(data))
        case .waiting(let run): start(key, data, preferring: loopTasks, run)
        case .task(let run): start(key, data, preferring: nil, run)
        case nil:
            let message = "this worker doesn't take operations of type '\(type)'"
            finish(key, OperationOutcome(kind: .failed, message: message))
        }
    }

    private func start(
        _ key: OperationKey, _ data: [UInt8], preferring executor: LoopTaskExecutor?,
        _ run: @escaping @Sendable ([UInt8], OperationContext) async -> OperationOutcome
    ) {
        let context = OperationContext(
            batch: key.batch, operation: key.operation, attempt: key.attempt,
            failureIsRetried: session.retriesFailure(of: key)
        ) { [weak self] progress, message in
            guard let self else { return }
            loop.execute { self.assumeIsolated { $0.told(key, progress, message) } }
        }
        tasks[key] = Task.detached(executorPreference: executor) {
            let outcome = await run(data, context)
            await self.finish(key, outcome)
        }
    }

    private func finish(_ key: OperationKey, _ outcome: OperationOutcome) {
        tasks[key] = nil
        progressLimiters[key] = nil
        guard !hasEnded else { return }
        let now = clock.now
        if let startedAt = session.running[key]?.startedAt { metrics.ended(outcome, after: now - startedAt) }
        log.debug(
            "operation ended",
            metadata: [
                "batch": "\(key.batch)", "operation": "\(key.operation)", "attempt": "\(key.attempt)",
                "outcome": "\(outcome.kind.rawValue)",
            ])
        perform(session.finished(key, outcome, at: now))
    }

    private func told(_ key: OperationKey, _ progress: Double, _ message: String?) {
        guard !hasEnded, tasks[key] != nil else { return }
        let now = clock.now
        var limiter = progressLimiters[key] ?? EventLimiter(interval: .milliseconds(200))
        let action = limiter.changed(at: now)
        progressLimiters[key] = limiter
        if action == .publishNow { perform(session.progressed(key, progress, message: message, at: now)) }
    }
}

extension WireError {
    /// Why nothing that the worker says counts, if it is that: the coordinator is heard, but isn't there for it.
    fileprivate var reasonOfRefusal: String? {
        switch code {
        case .wrongVersion:
            "the coordinator speaks another version of the protocol; update whichever is older"
        case .forbidden, .tooMany: "the coordinator refuses: \(message)"
        default: nil
        }
    }
}

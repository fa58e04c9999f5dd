import ZeroMQ

/// An actor around one socket, for tests to talk through.
actor Peer {
    private let loop: SocketLoop
    private let socket: Socket
    /// What `listen` lets in.
    nonisolated let received = Mailbox<Received>()
    /// What `observe` sees.
    nonisolated let events = Mailbox<ConnectionEvent>()

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(_ type: SocketType, _ options: SocketOptions = .init(), on loop: SocketLoop) throws {
        self.loop = loop
        socket = try Socket(type, options: options, loop: loop)
    }

    @discardableResult
    func bind(_ endpoint: String = "tcp://127.0.0.1:*") throws -> String {
        try socket.bind(endpoint)
        return socket.lastEndpoint
    }

    func connect(_ endpoint: String) throws { try socket.connect(endpoint) }

    func subscribe(_ prefix: String) throws { try socket.subscribe(bytes(prefix)) }

    @discardableResult
    func send(_ frames: Frame...) throws -> SendOutcome { try socket.send(frames) }

    @discardableResult
    func send(frames: [Frame]) throws -> SendOutcome { try socket.send(frames) }

    /// For more than fit a queue: on a busy machine libzmq's thread can lag by a whole one.
    func sendWhenTaken(_ frame: Frame) async throws {
        while try socket.send([frame]) == .full { await writable() }
    }

    /// How many of `count` messages were taken before one was not.
    func fill(upTo count: Int) throws -> Int {
        for sent in 0..<count where try socket.send([bytes("\(sent)")]) != .sent { return sent }
        return count
    }

    func writable() async {
        await withCheckedContinuation { continuation in
            loop.whenWritable(socket) { continuation.resume() }
        }
    }

    func listen() {
        loop.watch(socket) { [weak self] in self?.assumeIsolated { $0.drain() } }
    }

    /// Watches, and leaves to `receive` what to do: without a message taken, it is called in each round.
    func watch(_ receive: @escaping @Sendable () -> Void) { loop.watch(socket, receive: receive) }

    func unwatch() { loop.unwatch(socket) }

    func observe() throws {
        try socket.monitor { [events] in events.put($0) }
    }

    func receive() throws -> Received? { try socket.receive() }

    func close() { socket.close() }

    private func drain() {
        for _ in 0..<256 {
            guard let message = try? socket.receive() else { return }
            received.put(message)
        }
    }
}

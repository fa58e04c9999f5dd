import Glibc
import ZeroMQ

let body = Frame(repeating: 0x78, count: 256)
let messagesPerTurn = 256

/// Sends as fast as the socket takes it, until the process is killed.
actor Flood {
    private let loop: SocketLoop
    private let socket: Socket

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(_ type: SocketType, on loop: SocketLoop) throws {
        self.loop = loop
        socket = try Socket(type, loop: loop)
    }

    func start(connectingTo endpoint: String) throws {
        try socket.connect(endpoint)
        pump()
    }

    private func pump() {
        for _ in 0..<messagesPerTurn where (try? socket.send([body])) != .sent {
            loop.whenWritable(socket) { [self] in assumeIsolated { $0.pump() } }
            return
        }
        loop.execute { [self] in assumeIsolated { $0.pump() } }
    }
}

/// Counts what comes, and how long it takes.
actor Count {
    private let loop: SocketLoop
    private let socket: Socket
    private var remaining = 0
    private var done: CheckedContinuation<Void, Never>?

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(_ type: SocketType, on loop: SocketLoop) throws {
        self.loop = loop
        socket = try Socket(type, loop: loop)
    }

    func bind(_ endpoint: String) throws -> String {
        try socket.bind(endpoint)
        loop.watch(socket) { [weak self] in self?.assumeIsolated { $0.drain() } }
        return socket.lastEndpoint
    }

    func subscribeToAll() throws { try socket.subscribe([]) }

    func take(_ count: Int) async {
        remaining = count
        await withCheckedContinuation { done = $0 }
    }

    func close() { socket.close() }

    private func drain() {
        for _ in 0..<messagesPerTurn {
            guard (try? socket.receive()) != nil else { return }
            remaining -= 1
            if remaining == 0 { done?.resume() }
        }
    }
}

/// Gives back to each dealer what it sent.
actor Echo {
    private let loop: SocketLoop
    private let socket: Socket

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(on loop: SocketLoop) throws {
        self.loop = loop
        socket = try Socket(.router, loop: loop)
    }

    func start(connectingTo endpoint: String) throws {
        try socket.connect(endpoint)
        loop.watch(socket) { [self] in assumeIsolated { $0.drain() } }
    }

    private func drain() {
        for _ in 0..<messagesPerTurn {
            guard case .message(let frames)? = try? socket.receive() else { return }
            _ = try? socket.send(frames)
        }
    }
}

/// Sends one, waits for it, sends the next, or keeps `window` of them under way.
actor Pinger {
    private let loop: SocketLoop
    private let socket: Socket
    private var remaining = 0
    private var sentAt = ContinuousClock.now
    private var times: [Duration] = []
    private var done: CheckedContinuation<Void, Never>?

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(on loop: SocketLoop) throws {
        self.loop = loop
        socket = try Socket(.dealer, loop: loop)
    }

    func bind(_ endpoint: String) throws -> String {
        try socket.bind(endpoint)
        loop.watch(socket) { [weak self] in self?.assumeIsolated { $0.drain() } }
        return socket.lastEndpoint
    }

    /// The time from each answer to the next.
    func run(_ count: Int, window: Int) async -> [Duration] {
        remaining = count
        times.removeAll(keepingCapacity: true)
        sentAt = .now
        var sent = 0
        while sent < window {
            if (try? socket.send([body])) == .sent {
                sent += 1
            } else {
                await withCheckedContinuation { continuation in
                    loop.whenWritable(socket) { continuation.resume() }
                }
            }
        }
        await withCheckedContinuation { done = $0 }
        return times
    }

    func close() { socket.close() }

    private func drain() {
        for _ in 0..<messagesPerTurn {
            guard (try? socket.receive()) != nil else { return }
            let now = ContinuousClock.now
            times.append(now - sentAt)
            sentAt = now
            remaining -= 1
            if remaining == 0 { done?.resume() }
            if remaining > 0 { _ = try? socket.send([body]) }
        }
    }
}

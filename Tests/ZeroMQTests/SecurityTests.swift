import Glibc
import Synchronization
import Testing
import ZeroMQ

/// CURVE between two sockets of one process, and who is let in. One at a time: a process has one `Authenticator`.
@Suite(.serialized) struct SecurityTests {
    @Test func aKeyPairIsTheSameFromItsSecretHalf() {
        let pair = CurveKeyPair.generate()
        #expect(CurveKeyPair(secretKey: pair.secretKey) == pair)
        #expect(CurveKeyPair.generate() != pair)
    }

    @Test(arguments: [
        "", "short", String(repeating: "a", count: 39), String(repeating: "a", count: 41),
        String(repeating: "~", count: 40), String(repeating: "é", count: 20),
    ])
    func whatIsNoKey(_ text: String) {
        #expect(CurveKey(text) == nil)
    }

    enum Handler: String, CaseIterable {
        case lets, refuses, absent, closed
    }

    /// Without a handler libzmq lets everybody in, unless told otherwise; with one that is gone as well.
    @Test(arguments: Handler.allCases)
    func onlyWhoIsLetInIsHeard(handler: Handler) async throws {
        let bench = try SecurityBench()
        let outcome = try await bench.outcome(handler)
        #expect(outcome == (handler == .lets ? .heard(bench.client.publicKey) : .refused))
    }

    @Test func aClientWithoutKeysIsNotHeard() async throws {
        #expect(try await SecurityBench().outcome(.lets, security: SocketSecurity.none) == .refused)
    }

    /// Somebody else who listens at the address.
    @Test func aServerWithAnotherKeyIsNotBelieved() async throws {
        let bench = try SecurityBench()
        let other = SocketSecurity.client(bench.client, server: CurveKeyPair.generate().publicKey)
        #expect(try await bench.outcome(.lets, security: other) == .refused)
    }

    @Test func whoIsRefusedIsHeardOnceAllowed() async throws {
        #expect(try await SecurityBench().outcomeAllowedLater() == true)
    }
}

/// A PULL socket that asks for keys, and a PUSH socket that shows one.
private actor SecurityBench {
    enum Outcome: Equatable {
        case heard(CurveKey?)
        case refused
    }

    nonisolated let loop: SocketLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    nonisolated let client = CurveKeyPair.generate()
    private let server = CurveKeyPair.generate()
    private var authenticator: Authenticator?
    private var sockets: [Socket] = []
    private var refusals = 0

    init() throws {
        loop = try SocketLoop(name: "security")
    }

    func outcome(
        _ handler: SecurityTests.Handler, security: SocketSecurity? = nil
    ) async throws -> Outcome {
        defer { end() }
        if handler != .absent {
            try await authenticate { key, domain in
                handler != .refuses && domain == "reports" && key == self.client.publicKey
            }
        }
        if handler == .closed { authenticator?.close() }
        let pull = try listen()
        try push(to: pull, security ?? .client(client, server: server.publicKey))
        // What is refused isn't heard of in a second either; a message takes some milliseconds.
        for _ in 0..<100 {
            if case .message? = try pull.receive() { return .heard(pull.sender) }
            if refusals > 0 { return .refused }
            try await Task.sleep(for: .milliseconds(10))
        }
        return .refused
    }

    func outcomeAllowedLater() async throws -> Bool {
        defer { end() }
        let isAllowed = Mutex(false)
        try await authenticate { _, _ in isAllowed.withLock { $0 } }
        let pull = try listen()
        let push = try push(to: pull, .client(client, server: server.publicKey))
        while refusals == 0 { try await Task.sleep(for: .milliseconds(10)) }
        isAllowed.withLock { $0 = true }
        for _ in 0..<1000 {
            try push.send([[2]])
            if case .message? = try pull.receive() { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    /// The one of the test before may have its address still: libzmq closes a socket on a thread of its own.
    private func authenticate(_ allows: @escaping (CurveKey, String) -> Bool) async throws {
        let authenticator = try Authenticator(loop: loop, allows: allows)
        self.authenticator = authenticator
        while try !hasStarted(authenticator) { try await Task.sleep(for: .milliseconds(10)) }
    }

    private func hasStarted(_ authenticator: Authenticator) throws -> Bool {
        do {
            try authenticator.start()
            return true
        } catch {
            guard error.code == EADDRINUSE else { throw error }
            return false
        }
    }

    private func listen() throws -> Socket {
        var options = SocketOptions()
        options.security = .server(server, domain: "reports")
        let pull = try Socket(.pull, options: options, loop: loop)
        sockets.append(pull)
        try pull.bind("tcp://127.0.0.1:*")
        return pull
    }

    @discardableResult
    private func push(to pull: Socket, _ security: SocketSecurity) throws -> Socket {
        var options = SocketOptions()
        options.security = security
        options.linger = 0
        let push = try Socket(.push, options: options, loop: loop)
        sockets.append(push)
        try push.connect(pull.lastEndpoint) { failure in
            self.assumeIsolated { if failure != nil { $0.refusals += 1 } }
        }
        try push.send([[1]])
        return push
    }

    private func end() {
        for socket in sockets { socket.close() }
        authenticator?.close()
        loop.stop()
    }
}

import AccessControl
import BatchProgress
import BatchProtocol
import ZeroMQ

/// A connection to the coordinator: asks it, and keeps a live mirror of all batches.
///
/// ```swift
/// try await BatchConnection.open(to: .environment()) { client in
///     for batch in try await client.activeBatches() { print(batch.event) }
/// }
/// ```
///
/// A coordinator that is away is waited for; what was asked is asked again when it is back, since every
/// request can be repeated without harm.
public actor BatchConnection {
    nonisolated let loop: SocketLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    nonisolated let address: CoordinatorAddress
    let clock = ProcessClock()
    let control: Socket
    let events: Socket
    var requests = OutstandingRequests()
    var mirror: BatchMirror
    /// Of those who still read: a queue belongs to its reader.
    var queues: [UInt64: WeakQueue] = [:]
    var nextQueue: UInt64 = 0
    /// Batches that are paused if this connection goes away.
    var attended: Set<BatchID> = []
    var timer: LoopTimer?
    var nextAttendance: Timestamp
    var isClosed = false
    var metrics = ClientMetrics()
    /// What the coordinator's last event said of its version, if that isn't ours.
    var incompatibility: String?
    /// Who we are to the coordinator; nil: it doesn't ask.
    let keys: ClientKeys?
    /// Whose key the coordinator is shown; nil: none.
    package nonisolated var keyName: String? { keys?.name.description }

    /// Connects, does what `body` says, and closes the connection.
    ///
    /// - Parameter timeout: how long to wait for a coordinator; nil: for ever.
    /// - Throws: `BatchClientError` with `noCoordinator`; what `body` throws.
    public static func open<Result: Sendable>(
        to address: CoordinatorAddress, timeout: Duration? = .seconds(5),
        _ body: (BatchConnection) async throws -> Result
    ) async throws -> Result {
        let connection = try BatchConnection(to: address)
        do {
            try await connection.start(timeout: timeout)
            let result = try await body(connection)
            await connection.close()
            return result
        } catch {
            await connection.close()
            throw error
        }
    }

    private init(to address: CoordinatorAddress) throws {
        self.address = address
        do {
            keys = try address.clientKeys()
        } catch {
            throw BatchClientError(.keys, error.description)
        }
        // Finds out at once whether it is one at all.
        _ = try Self.addresses(of: address)
        loop = try SocketLoop(name: "client")
        var options = SocketOptions()
        options.maximumFrameBytes = WireLimits.frameBytes
        options.receiveHighWaterMark = 10_000
        options.linger = 200
        options.security = keys?.security ?? .none
        control = try Socket(.dealer, options: options, loop: loop)
        events = try Socket(.subscribe, options: options, loop: loop)
        mirror = BatchMirror(at: clock.now)
        nextAttendance = clock.now
    }

    private func start(timeout: Duration?) async throws {
        try control.connect(address.description) { [weak self] failure in
            self?.assumeIsolated { if let failure { $0.refused(failure) } }
        }
        watch(control) { $0.drainAnswers() }
        timer = loop.makeTimer { [weak self] in self?.assumeIsolated { $0.tick() } }
        let hello: HelloAnswer = try await ask(.hello, timeout: timeout)
        try events.subscribe(EventMessage.allBatchesTopic)
        try events.subscribe(EventMessage.beaconTopic)
        try events.connect(CoordinatorAddresses.reachable(hello.events, via: address.description)) { _ in }
        watch(events) { $0.drainEvents() }
        perform(mirror.begin(at: clock.now))
    }

    /// Says goodbye; whatever is still being waited for ends with an error.
    private func close() {
        guard !isClosed else { return }
        isClosed = true
        _ = try? control.send(ControlRequest(id: 0, .goodbye).frames)
        for request in requests.takeAll() {
            request.resume(.failure(BatchClientError.connectionClosed))
        }
        for entry in queues.values { entry.queue?.finish() }
        queues = [:]
        metrics.set(readers: 0)
        metrics.set(connected: false)
        timer = nil
        control.close()
        events.close()
        loop.stop()
    }

    private func watch(
        _ socket: Socket, _ drain: @escaping @Sendable (isolated BatchConnection) -> Void
    ) {
        loop.watch(socket) { [weak self] in self?.assumeIsolated { drain($0) } }
    }

    private static func addresses(of address: CoordinatorAddress) throws -> CoordinatorAddresses {
        do {
            return try CoordinatorAddresses(control: address.description)
        } catch {
            throw BatchClientError(error)
        }
    }
}

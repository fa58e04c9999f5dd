@_exported import BatchProgress
import BatchProtocol
import FoundationEssentials
import Logging
import UnixSignals
import ZeroMQ

/// Runs operations that the coordinator hands out, several at once, and reports how they end.
///
/// ```swift
/// var worker = OperationWorker(connectingTo: .environment(), slots: 8)
/// worker.handle("thumbnail", as: Photo.self) { photo, context in
///     try render(photo)
/// }
/// try await worker.run()
/// ```
///
/// Each report is kept until the coordinator has it on disk. A worker that is killed loses nothing but the
/// time of what ran: its operations are given to others.
public struct OperationWorker: Sendable {
    let address: CoordinatorAddress
    let slots: Int
    var name: String
    var lane: String?
    var endsIfRefused = false
    var handlers: [String: OperationHandler] = [:]
    var log = Logger(label: "tally.worker")
    /// While it runs.
    package let link = CoordinatorLink()

    /// - Parameters:
    ///   - name: shown to people; by default host and process id.
    ///   - slots: how many operations run at once; at least 1.
    public init(connectingTo address: CoordinatorAddress, name: String? = nil, slots: Int) {
        precondition(slots >= 1, "a worker runs at least one operation at once")
        self.address = address
        self.slots = slots
        self.name = name ?? "\(ProcessInfo.processInfo.hostName)-\(ProcessInfo.processInfo.processIdentifier)"
    }

    /// Takes operations of this type. Their data is JSON, decoded as `Payload`; data that can't be is a failure
    /// of the operation.
    ///
    /// An error that the handler throws is a failure, with its description for people. When the operation is to
    /// stop (cancelled, or held by somebody else now) the handler's task is cancelled.
    ///
    /// - Parameter type: 1 to 64 letters, digits, '_' or '-', not beginning with '-'.
    public mutating func handle<Payload: Decodable & SendableMetatype>(
        _ type: String, as payload: Payload.Type,
        _ handler: @escaping @Sendable (Payload, OperationContext) async throws -> Void
    ) {
        handle(type) { data, context in
            let decoded: Payload
            do {
                decoded = try JSONDecoder().decode(payload, from: Data(data))
            } catch {
                throw OperationFailure("the data of '\(type)' can't be decoded: \(error)")
            }
            try await handler(decoded, context)
        }
    }

    /// Takes operations of this type, with their data as it was submitted.
    public mutating func handle(
        _ type: String, _ handler: @escaping @Sendable ([UInt8], OperationContext) async throws -> Void
    ) {
        register(type, .throwing(handler))
    }

    /// Works until SIGTERM or SIGINT, or until the task is cancelled; then takes nothing more, finishes what
    /// runs, waits until all of it is acknowledged, and returns. A second signal returns at once: what ran is
    /// given to others.
    ///
    /// - Throws: `ZeroMQError`, or an error that says what is wrong with the address.
    public func run() async throws {
        // Before it has a connection: who sees it there may end it.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        try await run { worker in
            var isSecond = false
            for await _ in signals {
                await isSecond ? worker.leave() : worker.drain()
                isSecond = true
            }
        }
    }

    /// Works as whoever started this worker says.
    ///
    /// - Throws: `WorkerRefused` at once if the coordinator doesn't let it in: who waits for this worker can mend
    ///   nothing by waiting.
    package func run(obeying lifeline: Lifeline, relay: OutputRelay) async throws {
        var worker = self
        worker.endsIfRefused = true
        try await worker.run { worker in
            for await order in lifeline.orders {
                switch order {
                case .goOn: break
                case .drain: await worker.drain()
                case .stop: await worker.stop()
                }
                relay.goOn()
            }
            // What hasn't started is given back before places become free by the kill: it isn't lost.
            await worker.stop()
            lifeline.kill()
            relay.close()
        }
    }

    private func run(steeredBy steer: @escaping @Sendable (WorkerConnection) async -> Void) async throws {
        let worker = try WorkerConnection(self)
        try await worker.start()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await steer(worker)
                // The task was cancelled.
                await worker.drain()
            }
            await worker.untilEnd()
            group.cancelAll()
        }
        if await worker.gaveUp { throw WorkerRefused() }
    }

    mutating func register(_ type: String, _ handler: OperationHandler) {
        precondition(BatchID(type) != nil, "a type is \(BatchID.requirement)")
        handlers[type] = handler
    }
}

/// The coordinator doesn't let a worker in whose key lacks the role `work`.
package struct WorkerRefused: Error {}

extension OperationWorker {
    /// Takes the types that are built in for trials: `no-op` does nothing, `sleep` takes a number of seconds.
    package mutating func handleTrials() {
        register("no-op", .noOp)
        register("sleep", .sleep)
    }

    package mutating func log(to logger: Logger) {
        log = logger
    }

    /// Works for one batch alone.
    package mutating func work(onlyFor lane: String) {
        self.lane = lane
    }
}

import CZeroMQ
import Synchronization

/// What happens to one of a socket's connections.
public enum ConnectionEvent: Sendable, Hashable {
    /// A peer has shaken hands: messages flow.
    case connected(endpoint: String)
    /// A connection ended. Comes after `handshakeFailed` too.
    case disconnected(endpoint: String)
    case handshakeFailed(endpoint: String, HandshakeFailure)
    /// Nobody answered; the next attempt comes after so many milliseconds.
    case retrying(endpoint: String, milliseconds: Int)
}

/// Why a peer was not let in, or did not let us in.
public enum HandshakeFailure: Sendable, Hashable {
    /// Refused by who decides on keys, with the ZAP status code (RFC 27). libzmq does not try again.
    case authentication(status: Int)
    /// Not ZMTP, or another security mechanism: one of `ZMQ_PROTOCOL_ERROR_…`.
    case protocolViolation(code: Int)
    /// The connection broke or took too long: an `errno`, 0 if there is none.
    case connection(code: Int)
}

extension Socket {
    private static let monitorNumber = Atomic(0)
    /// A connection that comes and goes quickly must not keep the loop from everything else.
    private static let eventsPerRound = 256

    /// Calls `handler` on the loop with what happens to the socket's connections. Once a socket, before it
    /// binds or connects if nothing is to be missed.
    public func monitor(_ handler: @escaping (ConnectionEvent) -> Void) throws(ZeroMQError) {
        requireUsable()
        precondition(monitorSocket == nil, "the socket is monitored already")
        let number = Self.monitorNumber.add(1, ordering: .relaxed).newValue
        let endpoint = "inproc://connection-events-\(number)"
        let events = try Socket(number: ZMQ_PAIR, maximumFrames: 2, loop: loop)
        // libzmq's own thread would block on a mark, and with it every socket of the process.
        try events.handle.set(ZMQ_RCVHWM, 0)
        try events.connect(endpoint)
        guard zmq_socket_monitor(handle.pointer, endpoint, ConnectionEvent.mask) == 0 else {
            throw .last("monitor")
        }
        monitorSocket = events
        loop.watch(events) { [unowned events] in events.deliver(to: handler) }
    }

    private func deliver(to handler: (ConnectionEvent) -> Void) {
        for _ in 0..<Self.eventsPerRound {
            guard isOpen, case .message(let frames)? = try? receive() else { return }
            guard let event = MonitorFrames(frames) else { continue }
            // The socket was released without `close`: nobody else is left to end this one.
            if event.number == ZMQ_EVENT_MONITOR_STOPPED { return close() }
            if let event = ConnectionEvent(event) { handler(event) }
        }
    }
}

/// zmq_socket_monitor(3): a frame of the event's number (16 bits) and value (32 bits), in the machine's byte
/// order, and a frame of the endpoint.
private struct MonitorFrames {
    let number: CInt
    let value: Int
    let endpoint: String

    init?(_ frames: [Frame]) {
        guard frames.count == 2, frames[0].count == 6 else { return nil }
        (number, value) = frames[0].withUnsafeBytes {
            (
                CInt($0.loadUnaligned(as: UInt16.self)),
                Int($0.loadUnaligned(fromByteOffset: 2, as: UInt32.self))
            )
        }
        endpoint = String(decoding: frames[1], as: UTF8.self)
    }
}

extension ConnectionEvent {
    /// ACCEPT_FAILED is left out: without free descriptors libzmq repeats it without a pause.
    fileprivate static let mask =
        ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CONNECT_RETRIED
        | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
        | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_MONITOR_STOPPED

    fileprivate init?(_ event: MonitorFrames) {
        let endpoint = event.endpoint
        switch event.number {
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: self = .connected(endpoint: endpoint)
        case ZMQ_EVENT_DISCONNECTED: self = .disconnected(endpoint: endpoint)
        case ZMQ_EVENT_CONNECT_RETRIED:
            self = .retrying(endpoint: endpoint, milliseconds: event.value)
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
            self = .handshakeFailed(endpoint: endpoint, .authentication(status: event.value))
        case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
            self = .handshakeFailed(endpoint: endpoint, .protocolViolation(code: event.value))
        case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
            self = .handshakeFailed(endpoint: endpoint, .connection(code: event.value))
        default: return nil
        }
    }
}

import CZeroMQ

/// How a socket queues, limits and reconnects. The defaults are for untrusted timing and trusted peers.
///
/// Left out on purpose: libzmq's heartbeats (with a full queue, a peer's death aborts this process:
/// libzmq#4767), `IMMEDIATE` (throws queued messages away on a disconnect) and `CONFLATE` (breaks messages
/// of several frames).
public struct SocketOptions: Sendable, Hashable {
    /// Messages queued to one peer before `send` says `.full` (a publisher drops them). At least 1.
    public var sendHighWaterMark = 1000
    /// Messages queued from one peer before it is made to wait. At least 1.
    public var receiveHighWaterMark = 1000
    /// Bytes in one received frame. A peer that sends more is disconnected; it may connect again.
    public var maximumFrameBytes = 16 << 20
    /// Frames in one received message. More are thrown away, see `Received.oversized`.
    public var maximumFrames = 4096
    /// Milliseconds, 0 to 1000, that a closed socket keeps trying to send what it has queued.
    public var linger = 1000
    /// Milliseconds before the first attempt to connect again; each further one waits up to twice as long.
    public var reconnectInterval = 10
    /// Milliseconds that the growing wait between attempts stops at.
    public var maximumReconnectInterval = 250

    public var security = SocketSecurity.none

    public init() {}
}

extension SocketOptions {
    /// Sets what this socket can be set to before it binds or connects.
    func apply(to socket: SocketHandle) throws(ZeroMQError) {
        precondition(sendHighWaterMark > 0 && receiveHighWaterMark > 0, "0 would mean no mark at all")
        precondition(maximumFrameBytes > 0 && maximumFrames > 0, "a message has a frame")
        precondition((0...1000).contains(linger), "a longer linger holds up the end of the process")
        try socket.set(ZMQ_SNDHWM, sendHighWaterMark)
        try socket.set(ZMQ_RCVHWM, receiveHighWaterMark)
        try socket.set(ZMQ_LINGER, linger)
        try socket.set(ZMQ_RECONNECT_IVL, reconnectInterval)
        try socket.set(ZMQ_RECONNECT_IVL_MAX, maximumReconnectInterval)
        try socket.set(ZMQ_MAXMSGSIZE, Int64(maximumFrameBytes))
        try socket.set(ZMQ_HANDSHAKE_IVL, Self.handshakeMilliseconds)
        try applyTCP(to: socket)
        try security.apply(to: socket)
    }

    /// Keepalive alone doesn't see a cut link while there is something to send; `TCP_MAXRT` does.
    private func applyTCP(to socket: SocketHandle) throws(ZeroMQError) {
        try socket.set(ZMQ_TCP_KEEPALIVE, 1)
        try socket.set(ZMQ_TCP_KEEPALIVE_IDLE, 5)
        try socket.set(ZMQ_TCP_KEEPALIVE_INTVL, 2)
        try socket.set(ZMQ_TCP_KEEPALIVE_CNT, 3)
        try socket.set(ZMQ_TCP_MAXRT, 6000)
        try socket.set(ZMQ_CONNECT_TIMEOUT, Self.connectMilliseconds)
    }

    /// So that silent connections don't hold a place for libzmq's 30 seconds.
    private static let handshakeMilliseconds = 2000
    /// So that a machine that comes back is tried soon, not at the kernel's growing intervals.
    private static let connectMilliseconds = 3000
}

import CZeroMQ
import Glibc

/// One part of a message.
public typealias Frame = [UInt8]

/// The ZeroMQ patterns spoken here (zmq_socket(3)).
public enum SocketType: Sendable, Hashable {
    case publish, subscribe, push, pull, router, dealer

    var number: CInt {
        switch self {
        case .publish: ZMQ_PUB
        case .subscribe: ZMQ_SUB
        case .push: ZMQ_PUSH
        case .pull: ZMQ_PULL
        case .router: ZMQ_ROUTER
        case .dealer: ZMQ_DEALER
        }
    }
}

/// A ZeroMQ socket that lives on one `SocketLoop`.
///
/// It may be made on any thread; everything after that happens on its loop's thread, which is checked.
/// It is not `Sendable`: an actor pinned to the loop owns it. It closes when it is released.
public final class Socket {
    public let loop: SocketLoop
    let handle: SocketHandle
    let maximumFrames: Int
    let knowsSenders: Bool
    /// Where frames are received. libzmq wants a `zmq_msg_t` to stay where it is.
    let incoming = UnsafeMutablePointer<zmq_msg_t>.allocate(capacity: 1)
    var monitorSocket: Socket?
    private(set) var isOpen = true
    /// The key of whoever sent the message that was received last, as the `Authenticator` let it in; nil where nobody
    /// shows keys.
    public internal(set) var sender: CurveKey?
    /// libzmq leaves them behind, for others to take for a process that listens.
    private var boundFiles: [(path: IPCPath, file: IPCPath.FileIdentity)] = []

    /// - Throws: `EMFILE` when the process has no more sockets or files.
    public convenience init(
        _ type: SocketType, options: SocketOptions = .init(), loop: SocketLoop
    ) throws(ZeroMQError) {
        try self.init(
            number: type.number, maximumFrames: options.maximumFrames, loop: loop,
            knowsSenders: options.security.isServer)
        try options.apply(to: handle)
        // Without it a message to a peer that is gone vanishes in silence.
        if type == .router { try handle.set(ZMQ_ROUTER_MANDATORY, 1) }
    }

    init(
        number: CInt, maximumFrames: Int, loop: SocketLoop, knowsSenders: Bool = false
    ) throws(ZeroMQError) {
        self.loop = loop
        self.knowsSenders = knowsSenders
        self.maximumFrames = maximumFrames
        self.handle = try SocketHandle(opening: number)
    }

    deinit {
        // Nobody else refers to the socket, so any thread may close it (zmq_socket(3), "Thread safety").
        if isOpen { release() }
        incoming.deallocate()
    }

    /// Listens at an endpoint: `tcp://127.0.0.1:5550` (port `*`: any free one) or `ipc:///path`.
    ///
    /// An ipc socket file that a dead process has left is replaced; one that somebody listens to, or a file
    /// that is no socket, is an error. Between that look and the bind another process can do the same, so
    /// processes that may race for a path need a lock of their own.
    ///
    /// - Throws: `EADDRINUSE`, `EEXIST`, `ENAMETOOLONG`, and what zmq_bind(3) lists.
    public func bind(_ endpoint: String) throws(ZeroMQError) {
        requireUsable()
        try TCPPort.require(in: endpoint, operation: "bind")
        let path = IPCPath(endpoint: endpoint)
        try path?.requireFree()
        guard zmq_bind(handle.pointer, endpoint) == 0 else { throw .last("bind", endpoint: endpoint) }
        if let path, let file = path.file { boundFiles.append((path, file)) }
    }

    /// Begins to connect, and keeps connecting again until closed. Nobody needs to listen yet.
    ///
    /// - Throws: `EINVAL` and `EPROTONOSUPPORT` for what is not an endpoint; see zmq_connect(3).
    public func connect(_ endpoint: String) throws(ZeroMQError) {
        requireUsable()
        try TCPPort.require(in: endpoint, operation: "connect")
        guard zmq_connect(handle.pointer, endpoint) == 0 else {
            throw .last("connect", endpoint: endpoint)
        }
    }

    /// Connects anew to an endpoint that refused this socket: libzmq doesn't try that again by itself. What waited
    /// to be sent there is lost.
    public func reconnect(_ endpoint: String) throws(ZeroMQError) {
        requireUsable()
        // Gone already if libzmq has given it up.
        zmq_disconnect(handle.pointer, endpoint)
        try connect(endpoint)
    }

    /// Where the last `bind` or `connect` led, wildcards resolved. Empty before either.
    public var lastEndpoint: String {
        requireUsable()
        do {
            return try handle.text(ZMQ_LAST_ENDPOINT)
        } catch {
            preconditionFailure("an open socket has a last endpoint: \(error)")
        }
    }

    /// A subscriber gets the messages whose first frame begins with one of its prefixes; `[]` means all.
    public func subscribe(_ prefix: [UInt8]) throws(ZeroMQError) {
        requireUsable()
        try handle.set(ZMQ_SUBSCRIBE, prefix)
    }

    /// Ends it, and removes the files of its ipc endpoints; a second time does nothing. What is queued is still sent, for at most `linger`.
    ///
    /// libzmq lets go of the address a moment later, on a thread of its own: a bind to the same endpoint
    /// right away can find it in use.
    public func close() {
        loop.preconditionOnLoop()
        guard isOpen else { return }
        loop.unwatch(self)
        let events = monitorSocket
        isOpen = false
        release()
        events?.close()
    }

    func requireUsable() {
        loop.preconditionOnLoop()
        precondition(isOpen, "the socket is closed")
    }

    /// The order matters: with its reader gone, the monitor's end would block libzmq on its next event.
    private func release() {
        if monitorSocket != nil { zmq_socket_monitor(handle.pointer, nil, 0) }
        monitorSocket = nil
        // Before the close, since afterwards somebody else's may be there.
        for (path, file) in boundFiles { path.remove(file) }
        handle.close()
    }
}

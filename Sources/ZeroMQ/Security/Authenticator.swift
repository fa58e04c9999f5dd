import CZeroMQ

/// Answers for the keys of whoever connects to this process's sockets (RFC 27). There is one in a process, and it is
/// there before any of those sockets is bound.
///
/// It lives on its loop's thread, as a `Socket` does.
public final class Authenticator {
    private let socket: Socket
    private let allows: (CurveKey, _ domain: String) -> Bool

    /// - Parameter allows: called on the loop for each peer that shakes hands.
    /// - Throws: `EADDRINUSE` if there is one already.
    public init(
        loop: SocketLoop, allows: @escaping (CurveKey, _ domain: String) -> Bool
    ) throws(ZeroMQError) {
        self.allows = allows
        socket = try Socket(number: ZMQ_REP, maximumFrames: 16, loop: loop)
        try socket.handle.set(ZMQ_LINGER, 0)
    }

    /// Answers from now on. On the loop.
    public func start() throws(ZeroMQError) {
        try socket.bind("inproc://zeromq.zap.01")
        socket.loop.watch(socket) { [weak self] in self?.answerAll() }
    }

    /// From now on nobody is let in.
    public func close() {
        socket.close()
    }

    private func answerAll() {
        while socket.isOpen, case .message(let frames)? = try? socket.receive() {
            guard let request = AuthenticationRequest(frames: frames) else {
                // Only libzmq itself can reach this endpoint. What isn't answered holds up whoever comes next.
                preconditionFailure("libzmq asks as RFC 27 says")
            }
            let key = request.key.flatMap { allows($0, request.domain) ? $0 : nil }
            _ = try? socket.send(key.map(request.acceptance) ?? request.refusal())
        }
    }
}

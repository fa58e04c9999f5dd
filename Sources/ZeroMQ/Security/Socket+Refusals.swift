extension Socket {
    /// How long a peer that was refused waits before it tries again.
    private static let pause = Duration.seconds(1)

    /// Connects, and where the other end refuses this socket, tries again each second: libzmq gives that up for good
    /// (facts learnt with 4.3.4; RFC 27 has no other way to be let in later). Once a socket, instead of `connect`.
    ///
    /// - Parameter told: called on the loop with each refusal, and with nil when it was let in.
    public func connect(
        _ endpoint: String, told: @escaping (HandshakeFailure?) -> Void
    ) throws(ZeroMQError) {
        let retry = loop.makeTimer { [weak self] in
            guard let self, isOpen else { return }
            try? reconnect(endpoint)
        }
        try monitor { event in
            switch event {
            case .connected: told(nil)
            case .handshakeFailed(_, .authentication(let status)):
                told(.authentication(status: status))
                retry.set(at: ContinuousClock.now + Self.pause)
            case .handshakeFailed(_, .protocolViolation(let code)):
                told(.protocolViolation(code: code))
                retry.set(at: ContinuousClock.now + Self.pause)
            case .handshakeFailed, .disconnected, .retrying: break
            }
        }
        try connect(endpoint)
    }
}

import CZeroMQ

/// Who may be at the other end of a socket's connections. Matters for tcp; ipc endpoints stand in folders that have
/// permissions of their own.
public enum SocketSecurity: Hashable, Sendable {
    /// Whoever reaches the endpoint.
    case none
    /// Those whose key an `Authenticator` in this process lets in, to a socket of this name.
    case server(CurveKeyPair, domain: String)
    /// Whoever has the secret half of `server`.
    case client(CurveKeyPair, server: CurveKey)
}

extension SocketSecurity {
    var isServer: Bool {
        if case .server = self { true } else { false }
    }

    /// `ZMQ_ZAP_ENFORCE_DOMAIN`, which Debian's header hides among the drafts. Without it libzmq lets everybody in
    /// while nobody answers for the keys.
    private static let enforceDomain: CInt = 93

    func apply(to socket: SocketHandle) throws(ZeroMQError) {
        switch self {
        case .none: break
        case .server(let keys, let domain):
            try socket.set(ZMQ_CURVE_SERVER, 1)
            try socket.set(ZMQ_CURVE_SECRETKEY, Array(keys.secretKey.description.utf8))
            try socket.set(ZMQ_ZAP_DOMAIN, Array(domain.utf8))
            try socket.set(Self.enforceDomain, 1)
        case .client(let keys, let server):
            try socket.set(ZMQ_CURVE_SERVERKEY, Array(server.description.utf8))
            try socket.set(ZMQ_CURVE_PUBLICKEY, Array(keys.publicKey.description.utf8))
            try socket.set(ZMQ_CURVE_SECRETKEY, Array(keys.secretKey.description.utf8))
        }
    }
}

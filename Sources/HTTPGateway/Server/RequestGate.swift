/// What is looked at before any route: who the request thinks it is talking to, which web page sent it, and
/// whether it may.
struct RequestGate: Sendable {
    /// Names by which clients may reach the gateway, on any port, besides those of the loopback interface.
    var allowedHosts: Set<String> = []
    var token: AccessToken?
    /// Whether the server can be reached from other machines. Then those who probe it, often by an address that
    /// nobody told it, may call it by any name; that no page of a foreign name reads what probes read is worth less.
    var isReachedFromElsewhere = false

    struct Subject: Sendable {
        var path: String
        /// `Host`, as it was sent.
        var host: String?
        var origin: String?
        var authorization: String?
        /// Where the gateway listens.
        var port: Int
    }

    enum Refusal: Hashable, Sendable {
        /// 421
        case foreignHost
        /// 403
        case foreignOrigin
        /// 401
        case noToken
        /// 401
        case wrongToken
    }

    /// What is told to whoever starts, balances and watches processes.
    static let probePaths: Set = ["/healthz", "/readyz", "/metrics"]
    static let metadataPath = "/.well-known/oauth-protected-resource"

    func refusal(of subject: Subject) -> Refusal? {
        let isProbe = Self.probePaths.contains(subject.path) && isReachedFromElsewhere
        guard isProbe || isOurs(subject.host, port: subject.port) else { return .foreignHost }
        if let origin = subject.origin, !isTrusted(origin) { return .foreignOrigin }
        guard let token, !Self.isOpen(subject.path) else { return nil }
        guard let shown = subject.authorization.flatMap(Self.bearer) else { return .noToken }
        return token.isSame(as: shown) ? nil : .wrongToken
    }

    /// A page of a foreign name that was made to resolve to this machine still says that name (DNS rebinding).
    private func isOurs(_ host: String?, port: Int) -> Bool {
        guard let host = host.flatMap(HostName.init) else { return false }
        if allowedHosts.contains(host.name) { return true }
        return host.isLoopback && (host.port ?? 80) == port
    }

    private func isTrusted(_ origin: String) -> Bool {
        guard let scheme = ["http://", "https://"].first(where: origin.hasPrefix),
            let host = HostName(origin.dropFirst(scheme.count))
        else { return false }
        return host.isLoopback || allowedHosts.contains(host.name)
    }

    /// What tells how the gateway does, and what tells how to get in (RFC 9728, section 3).
    private static func isOpen(_ path: String) -> Bool {
        Self.probePaths.contains(path) || path == metadataPath || path.hasPrefix(metadataPath + "/")
    }

    /// The scheme's name is of any case (RFC 9110, section 11.1).
    private static func bearer(_ authorization: String) -> Substring? {
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return parts[1]
    }
}

/// Where the gateway listens, whom it lets in, and how much it takes.
package struct HTTPServerConfiguration: Sendable {
    package struct Limits: Sendable {
        /// Of one request.
        package var bodyBytes = 1 << 20
        /// Of a request's headers, all together.
        package var headerBytes = 32 << 10
        package var headerCount = 100
        /// Connections at once; further ones are closed as they come.
        package var connections = 10_000
        /// A connection without a request is closed after this, as is one whose headers don't come to an end.
        package var idle: Duration = .seconds(30)
        /// From the end of its headers on, a request has to be here whole after this.
        package var request: Duration = .seconds(30)
        /// A stream of server-sent events that says nothing for so long is given a comment.
        package var silence: Duration = .seconds(15)

        package init() {}
    }

    /// An address, or a name that has one.
    package var host: String
    /// 0: any that is free.
    package var port: Int
    package var accessToken: AccessToken?
    /// Names by which it may be reached besides those of the loopback interface.
    package var allowedHosts: Set<String>
    package var limits = Limits()
    let isLoopback: Bool

    /// For a server with `ProbeRoutes` alone, which need no token from anywhere.
    ///
    /// - Throws: `HTTPServerError` for what is no host's name.
    package init(probesAt host: String, port: Int) throws(HTTPServerError) {
        self.init(at: try Self.listening(host), port: port)
    }

    private init(at listening: HostName, port: Int) {
        host = listening.name
        self.port = port
        isLoopback = listening.isLoopback
        allowedHosts = isLoopback || ["0.0.0.0", "::"].contains(listening.name) ? [] : [listening.name]
    }

    private static func listening(_ host: String) throws(HTTPServerError) -> HostName {
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        guard let listening = HostName(bare.contains(":") ? "[\(bare)]" : bare), listening.port == nil else {
            throw HTTPServerError("'\(host)' is no host to listen on")
        }
        return listening
    }

    /// - Throws: `HTTPServerError` for a bind that anybody could reach without a token, and for names that are none.
    package init(
        host: String, port: Int, accessToken: AccessToken? = nil, allowedHosts: [String] = []
    ) throws(HTTPServerError) {
        let listening = try Self.listening(host)
        guard listening.isLoopback || accessToken != nil else {
            throw HTTPServerError(
                "\(host): beyond this machine a token is needed. Put one into TALLY_MCP_TOKEN, or into a file "
                    + "that TALLY_MCP_TOKEN_FILE names; or listen on 127.0.0.1")
        }
        self.init(at: listening, port: port)
        self.accessToken = accessToken
        for name in allowedHosts {
            guard let host = HostName(name), host.port == nil else {
                throw HTTPServerError(
                    "'\(name)' is no host's name, such as tally.example.com, without a port")
            }
            self.allowedHosts.insert(host.name)
        }
    }
}

/// Why the gateway can't serve.
package struct HTTPServerError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

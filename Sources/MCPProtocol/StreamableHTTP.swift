import BatchProgress

/// What the parts of an HTTP request say that matter to MCP: everything but its body.
package struct MCPRequestHead: Hashable, Sendable {
    /// Media types; nil: no such header.
    package var contentType: String?
    package var accept: String?
    package var headers: ModernRequest.Headers
    package var session: String?

    package init(
        contentType: String? = nil, accept: String? = nil, headers: ModernRequest.Headers = .init(),
        session: String? = nil
    ) {
        self.contentType = contentType
        self.accept = accept
        self.headers = headers
        self.session = session
    }
}

/// What becomes of a POST to the MCP endpoint, in either era.
package enum MCPPost: Hashable, Sendable {
    /// No message at all: a status, and why.
    case reject(status: Int, RPCFault)
    /// A request of the newer era, all checks passed: to be answered on this POST, in this revision.
    case modern(RPCRequest, ProtocolRevision)
    /// The handshake of the older era: a session begins.
    case handshake(RPCRequest)
    /// A message within a session of the older era.
    case within(session: String, RPCMessage)
    /// Nothing to answer: 202.
    case accepted

    package init(_ head: MCPRequestHead, body: [UInt8]) {
        do throws(Rejection) {
            self = try Self.classify(head, body)
        } catch {
            self = .reject(status: error.status, error.fault)
        }
    }

    private struct Rejection: Error {
        var status: Int
        var fault: RPCFault

        init(_ status: Int, _ id: RPCID?, _ error: RPCError) {
            self.status = status
            fault = RPCFault(id, error)
        }
    }

    private static func classify(
        _ head: MCPRequestHead, _ body: [UInt8]
    ) throws(Rejection) -> MCPPost {
        guard MediaTypes(head.contentType ?? "").first == "application/json" else {
            throw Rejection(415, nil, .invalidRequest("Content-Type is application/json"))
        }
        let accepted = MediaTypes(head.accept ?? "*/*")
        guard accepted.allow("application/json"), accepted.allow("text/event-stream") else {
            throw Rejection(
                406, nil, .invalidRequest("Accept has both application/json and text/event-stream"))
        }
        let message: RPCMessage
        do throws(RPCFault) {
            message = try RPCMessage(body)
        } catch {
            throw Rejection(400, error.id, error.error)
        }
        return isModern(head, message) ? try modern(head, message) : try legacy(head, message)
    }

    /// The era is what the headers say, or else the body: a request that says both ways is of the newer one, whose
    /// checks find that out.
    private static func isModern(_ head: MCPRequestHead, _ message: RPCMessage) -> Bool {
        let isHandshakeVersion = head.headers.version.allSatisfy { version in
            ProtocolRevision(rawValue: version).map { !$0.isModern } ?? false
        }
        if !isHandshakeVersion { return true }
        guard case .request(let request) = message else { return false }
        return ModernRequest.isOne(request)
    }

    private static func modern(
        _ head: MCPRequestHead, _ message: RPCMessage
    ) throws(Rejection) -> MCPPost {
        switch message {
        case .request(let request):
            do throws(RPCError) {
                return .modern(request, try ModernRequest.check(request, headers: head.headers))
            } catch {
                throw Rejection(error.httpStatus, request.id, error)
            }
        case .notification:
            let version = head.headers.version.first ?? ""
            guard version == ProtocolRevision.july2026.rawValue else {
                throw Rejection(400, nil, .unsupportedVersion(version))
            }
            return .accepted
        case .response: throw Rejection(400, nil, .invalidRequest("a request or a notification is posted"))
        }
    }

    private static func legacy(
        _ head: MCPRequestHead, _ message: RPCMessage
    ) throws(Rejection) -> MCPPost {
        if case .request(let request) = message, request.method == "initialize" { return .handshake(request) }
        guard let session = head.session else {
            var id: RPCID?
            if case .request(let request) = message { id = request.id }
            throw Rejection(
                400, id, .invalidRequest("MCP-Session-Id is missing: 'initialize' gives one"))
        }
        return .within(session: session, message)
    }
}

/// The media types of a header, without their parameters.
package struct MediaTypes {
    private let types: [String]

    package init(_ header: String) {
        types = header.split(separator: ",").map { part in
            part.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
        }
    }

    var first: String? { types.first }

    package func allow(_ type: String) -> Bool {
        let family = type.prefix { $0 != "/" } + "/*"
        return types.contains { $0 == type || $0 == family || $0 == "*/*" }
    }
}

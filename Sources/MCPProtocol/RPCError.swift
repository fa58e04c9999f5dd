import BatchProgress

/// An error of the protocol, as JSON-RPC 2.0 (section 5.1) and MCP number them. What goes wrong within a tool is
/// none: it is the tool's result.
package struct RPCError: Error, Hashable, Sendable {
    package var code: Int64
    package var message: String
    package var data: JSONValue?

    init(_ code: Int64, _ message: String, data: JSONValue? = nil) {
        self.code = code
        self.message = message
        self.data = data
    }

    static let parseError = RPCError(-32700, "Parse error: not JSON that can be read")

    package static func tooLong(_ limit: Int) -> RPCError {
        RPCError(-32700, "Parse error: a message has at most \(limit) bytes")
    }

    static func invalidRequest(_ detail: String) -> RPCError {
        RPCError(-32600, "Invalid request: \(detail)")
    }

    static func methodNotFound(_ method: String) -> RPCError {
        RPCError(-32601, "Method not found: \(method)")
    }

    package static func invalidParams(_ detail: String, data: JSONValue? = nil) -> RPCError {
        RPCError(-32602, detail, data: data)
    }

    package static func internalError(_ detail: String) -> RPCError { RPCError(-32603, detail) }

    /// Revision 2026-07-28, Streamable HTTP, "Server Validation".
    static func headerMismatch(_ detail: String) -> RPCError {
        RPCError(-32020, "Header mismatch: \(detail)")
    }

    /// Revision 2026-07-28, "Protocol Version Negotiation".
    static func unsupportedVersion(_ requested: String) -> RPCError {
        RPCError(
            -32022, "Unsupported protocol version",
            data: [
                "supported": .array(ProtocolRevision.allCases.reversed().map { .string($0.rawValue) }),
                "requested": .string(requested),
            ])
    }

    /// The HTTP status that goes with it: revision 2026-07-28 demands these, and older ones leave it open.
    package var httpStatus: Int {
        switch code {
        case -32601: 404
        case -32700, -32600, -32602, -32020, -32022: 400
        default: 200
        }
    }

    var json: JSONValue {
        var members: [String: JSONValue] = ["code": .integer(code), "message": .string(message)]
        members["data"] = data
        return .object(members)
    }
}

import BatchProgress
import FoundationEssentials

/// The checks that a request of the newer era has to pass before anything else (2026-07-28, "Request Metadata" and
/// "Server Validation"), in their order: what it says of itself, its headers, its revision.
package enum ModernRequest {
    /// Headers that repeat what the body says.
    package struct Headers: Hashable, Sendable {
        /// All values that were sent, since two that differ are an attack on somebody.
        package var version: [String]
        package var method: [String]
        package var name: [String]

        package init(version: [String] = [], method: [String] = [], name: [String] = []) {
            self.version = version
            self.method = method
            self.name = name
        }
    }

    /// Whether the request says that it is of the newer era.
    package static func isOne(_ request: RPCRequest) -> Bool {
        request.meta?[MetaKey.protocolVersion] != nil
    }

    /// - Parameter headers: nil where there are none: on standard input.
    /// - Returns: the revision to answer in.
    package static func check(
        _ request: RPCRequest, headers: Headers?
    ) throws(RPCError) -> ProtocolRevision {
        guard let version = request.meta?[MetaKey.protocolVersion]?.string else {
            throw .invalidParams("'_meta' needs \"\(MetaKey.protocolVersion)\", a string")
        }
        guard request.meta?[MetaKey.clientCapabilities]?.object != nil else {
            throw .invalidParams("'_meta' needs \"\(MetaKey.clientCapabilities)\", an object")
        }
        if let headers { try check(headers, request, version) }
        guard let revision = ProtocolRevision(rawValue: version), revision.isModern else {
            throw .unsupportedVersion(version)
        }
        return revision
    }

    /// The parameter that the header `Mcp-Name` repeats. That of tasks: the extension's "Routing Headers".
    private static let named = [
        "tools/call": "name", "prompts/get": "name", "resources/read": "uri", "tasks/get": "taskId",
        "tasks/update": "taskId", "tasks/cancel": "taskId",
    ]

    private static func check(
        _ headers: Headers, _ request: RPCRequest, _ version: String
    ) throws(RPCError) {
        try check("MCP-Protocol-Version", headers.version, version)
        try check("Mcp-Method", headers.method, request.method)
        let key = Self.named[request.method]
        // A name that is missing from the body is the body's fault, and told later.
        guard let name = key.flatMap({ request.parameters[$0]?.string }) else { return }
        try check("Mcp-Name", headers.name.map { decoded($0) ?? "" }, name)
    }

    private static func check(_ header: String, _ values: [String], _ expected: String) throws(RPCError) {
        guard let value = values.first else { throw .headerMismatch("\(header) is missing") }
        guard values.count == 1 else { throw .headerMismatch("\(header) is there more than once") }
        guard value == expected else {
            throw .headerMismatch("\(header) is not what the body says, '\(expected)'")
        }
    }

    /// A value as it is, or what is within `=?base64?…?=` (2026-07-28, "Value Encoding"); nil if that is no text.
    static func decoded(_ value: String) -> String? {
        let (begin, end) = ("=?base64?", "?=")
        guard value.count >= begin.count + end.count, value.hasPrefix(begin), value.hasSuffix(end) else {
            return value
        }
        guard let data = Data(base64Encoded: String(value.dropFirst(begin.count).dropLast(end.count))) else {
            return nil
        }
        return String(validating: data, as: UTF8.self)
    }
}

import HTTPTypes
import Hummingbird
import MCPProtocol
import NIOCore

extension HTTPField.Name {
    static let mcpSessionID = named("MCP-Session-Id")
    static let mcpProtocolVersion = named("MCP-Protocol-Version")
    static let mcpMethod = named("Mcp-Method")
    static let mcpName = named("Mcp-Name")
    static let lastEventID = named("Last-Event-ID")

    private static func named(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("'\(name)' is a header's name") }
        return field
    }
}

extension Request {
    var mcpHead: MCPRequestHead {
        let accept = headers[values: .accept]
        return MCPRequestHead(
            contentType: headers[.contentType], accept: accept.isEmpty ? nil : accept.joined(separator: ","),
            headers: ModernRequest.Headers(
                version: headers[values: .mcpProtocolVersion], method: headers[values: .mcpMethod],
                name: headers[values: .mcpName]),
            session: headers[.mcpSessionID])
    }

    /// Whether Accept, if there is one, allows this media type.
    func accepts(_ type: String) -> Bool {
        let accept = headers[values: .accept]
        return accept.isEmpty || MediaTypes(accept.joined(separator: ",")).allow(type)
    }
}

extension Response {
    static func message(_ message: OutgoingMessage, status: Int = 200) -> Response {
        Response(
            status: .init(code: status),
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: message.bytes)))
    }
}

import ProcessTesting

/// Requests to `/mcp`, of both eras.
enum MCPRequest {
    static let headers = ["Content-Type: application/json", "Accept: application/json, text/event-stream"]

    /// Asks for a batch's progress until it ends, in the newer era.
    static func follow(_ id: String) -> (headers: [String], body: String) {
        let headers =
            Self.headers + [
                "MCP-Protocol-Version: 2026-07-28", "Mcp-Method: tools/call", "Mcp-Name: shell_status",
            ]
        let body = """
            {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"shell_status",\
            "arguments":{"batchId":"\(id)","stream":true},"_meta":{"progressToken":"t",\
            "io.modelcontextprotocol/protocolVersion":"2026-07-28",\
            "io.modelcontextprotocol/clientCapabilities":{}}}}
            """
        return (headers, body)
    }

    /// The older era's handshake.
    static let initialize = """
        {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",\
        "capabilities":{},"clientInfo":{"name":"test","version":"1"}}}
        """
    static let list = #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"#

    static func headers(of session: String) -> [String] {
        headers + ["MCP-Session-Id: \(session)", "MCP-Protocol-Version: 2025-11-25"]
    }
}

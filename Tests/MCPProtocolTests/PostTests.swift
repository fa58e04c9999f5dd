import BatchProgress
import MCPProtocol
import Testing

/// What becomes of a POST, before anybody looks at a batch: a row for each rule of either era.
@Suite struct PostTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var what: String
        var head = MCPRequestHead(contentType: "application/json", accept: both)
        var body: String
        /// The status and the code of the refusal, or what it is taken for.
        var becomes: String

        var testDescription: String { what }
    }

    private static let both = "application/json, text/event-stream"

    private static func modern(
        version: [String] = ["2026-07-28"], method: [String] = ["tools/list"], name: [String] = []
    ) -> MCPRequestHead {
        MCPRequestHead(
            contentType: "application/json", accept: both,
            headers: .init(version: version, method: method, name: name))
    }

    private static func legacy(_ session: String?, version: [String] = ["2025-11-25"]) -> MCPRequestHead {
        MCPRequestHead(
            contentType: "application/json", accept: both, headers: .init(version: version), session: session)
    }

    private static let meta = """
        "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}
        """
    private static let list = #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{\#(meta)}}"#
    private static let call =
        #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"sé",\#(meta)}}"#
    private static let oldList = #"{"jsonrpc":"2.0","id":"a","method":"tools/list"}"#
    private static let initialize =
        #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}"#

    static let rows: [Row] = [
        // Any era.
        Row(
            what: "another content type",
            head: MCPRequestHead(contentType: "text/plain", accept: both), body: list, becomes: "415 -32600"),
        Row(
            what: "a content type with parameters",
            head: MCPRequestHead(contentType: "Application/JSON; charset=utf-8", accept: both),
            body: initialize, becomes: "handshake"),
        Row(
            what: "no content type", head: MCPRequestHead(accept: both), body: list, becomes: "415 -32600"),
        Row(
            what: "JSON alone is accepted",
            head: MCPRequestHead(contentType: "application/json", accept: "application/json"), body: list,
            becomes: "406 -32600"),
        Row(
            what: "anything is accepted",
            head: MCPRequestHead(contentType: "application/json", accept: "*/*"), body: initialize,
            becomes: "handshake"),
        Row(
            what: "no Accept", head: MCPRequestHead(contentType: "application/json"), body: initialize,
            becomes: "handshake"),
        Row(what: "no JSON", body: "{", becomes: "400 -32700"),
        Row(what: "an empty body", body: "", becomes: "400 -32700"),
        Row(what: "a batch of requests", body: "[\(list)]", becomes: "400 -32600"),
        Row(what: "a number", body: "7", becomes: "400 -32600"),
        Row(what: "not JSON-RPC 2.0", body: #"{"id":1,"method":"ping"}"#, becomes: "400 -32600"),
        Row(
            what: "an id that is null", body: #"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
            becomes: "400 -32600"),
        Row(
            what: "an id with a fraction", body: #"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#,
            becomes: "400 -32600"),
        Row(
            what: "a method that is a number", body: #"{"jsonrpc":"2.0","id":1,"method":7}"#,
            becomes: "400 -32600"),
        Row(what: "neither method nor result", body: #"{"jsonrpc":"2.0","id":1}"#, becomes: "400 -32600"),
        Row(
            what: "parameters that are a list",
            body: #"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#,
            becomes: "400 -32602"),
        // 2026-07-28.
        Row(what: "a request of the newer era", head: modern(), body: list, becomes: "modern tools/list"),
        Row(
            what: "its headers say nothing", head: modern(version: [], method: []), body: list,
            becomes: "400 -32020"),
        Row(what: "no Mcp-Method", head: modern(method: []), body: list, becomes: "400 -32020"),
        Row(
            what: "another Mcp-Method", head: modern(method: ["tools/call"]), body: list,
            becomes: "400 -32020"),
        Row(
            what: "Mcp-Method in other letters", head: modern(method: ["Tools/List"]), body: list,
            becomes: "400 -32020"),
        Row(
            what: "the version twice", head: modern(version: ["2026-07-28", "2026-07-28"]), body: list,
            becomes: "400 -32020"),
        Row(
            what: "another version in the header", head: modern(version: ["2025-11-25"]), body: list,
            becomes: "400 -32020"),
        Row(
            what: "a version that nobody speaks", head: modern(version: ["2099-01-01"]),
            body: list.replacing("2026-07-28", with: "2099-01-01"), becomes: "400 -32022"),
        Row(
            what: "a version of the older era in the newer way", head: modern(version: ["2025-11-25"]),
            body: list.replacing("2026-07-28", with: "2025-11-25"), becomes: "400 -32022"),
        Row(
            what: "no _meta", head: modern(), body: #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#,
            becomes: "400 -32602"),
        Row(
            what: "no capabilities", head: modern(),
            body:
                #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#,
            becomes: "400 -32602"),
        Row(
            what: "a call without Mcp-Name", head: modern(method: ["tools/call"]), body: call,
            becomes: "400 -32020"),
        Row(
            what: "a call with its name in base64",
            head: modern(method: ["tools/call"], name: ["=?base64?c8Op?="]), body: call,
            becomes: "modern tools/call"),
        Row(
            what: "a call with another name in base64",
            head: modern(method: ["tools/call"], name: ["=?base64?c2U=?="]), body: call, becomes: "400 -32020"
        ),
        Row(
            what: "a call with what is no base64",
            head: modern(method: ["tools/call"], name: ["=?base64?§?="]), body: call, becomes: "400 -32020"),
        Row(
            what: "a notification of the newer era", head: modern(method: ["notifications/x"]),
            body: #"{"jsonrpc":"2.0","method":"notifications/x"}"#, becomes: "accepted"),
        Row(
            what: "a notification of an unknown era", head: modern(version: ["2099-01-01"]),
            body: #"{"jsonrpc":"2.0","method":"notifications/x"}"#, becomes: "400 -32022"),
        Row(
            what: "an answer, in the newer era", head: modern(),
            body: #"{"jsonrpc":"2.0","id":1,"result":{}}"#, becomes: "400 -32600"),
        // 2025-11-25 and older.
        Row(what: "a handshake", body: initialize, becomes: "handshake"),
        Row(what: "without a session", head: legacy(nil), body: oldList, becomes: "400 -32600"),
        Row(what: "within a session", head: legacy("s"), body: oldList, becomes: "within s"),
        Row(
            what: "within a session, no version said", head: legacy("s", version: []), body: oldList,
            becomes: "within s"),
        Row(
            what: "within a session, an unknown version", head: legacy("s", version: ["1999-01-01"]),
            body: oldList, becomes: "400 -32602"),
        Row(
            what: "an answer within a session", head: legacy("s"),
            body: #"{"jsonrpc":"2.0","id":1,"result":{}}"#, becomes: "within s"),
    ]

    @Test(arguments: rows)
    func `a POST becomes`(row: Row) {
        #expect(Self.summary(MCPPost(row.head, body: Array(row.body.utf8))) == row.becomes)
    }

    private static func summary(_ post: MCPPost) -> String {
        switch post {
        case .reject(let status, let fault): "\(status) \(fault.error.code)"
        case .modern(let request, _): "modern \(request.method)"
        case .handshake: "handshake"
        case .within(let session, _): "within \(session)"
        case .accepted: "accepted"
        }
    }
}

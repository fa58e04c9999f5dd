import BatchProgress
@testable import MCPProtocol
import Testing

/// What requests are answered with, in each era.
@Suite struct RulesTests {
    private static let rules = MCPRules(
        server: ServerIdentity(name: "tally", title: "Tally", version: "1"), instructions: "Ask.",
        tools: [
            ToolDescription(
                name: "shell_status", title: "Status", description: "How far.", input: ["type": "object"],
                output: ["type": "object"], effect: .none, followsBatch: true),
            ToolDescription(
                name: "batch_list", title: "List", description: "All.", input: ["type": "object"],
                output: ["type": "object"], effect: .none),
        ],
        aliases: ["shell:status": "shell_status"],
        resourceTemplate: ["uriTemplate": "batch://{id}", "name": "batch"])

    private static func request(_ method: String, _ parameters: String = "{}") -> RPCRequest {
        let text = #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(parameters)}"#
        guard case .request(let request)? = try? RPCMessage(Array(text.utf8)) else {
            preconditionFailure("the tests' requests are requests")
        }
        return request
    }

    struct Row: CustomTestStringConvertible, Sendable {
        var method: String
        var parameters = "{}"
        /// For the older era and the newer one: a code, `result`, or what is to be done.
        var becomes: (old: String, new: String)

        var testDescription: String { "\(method) \(parameters)" }
    }

    /// What a client says of itself that takes tasks, in the newer era's way.
    private static let knowsTasks =
        #"{"io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}}"#

    static let rows: [Row] = [
        Row(method: "ping", becomes: ("result", "-32601")),
        Row(method: "server/discover", becomes: ("-32601", "result")),
        Row(method: "tools/list", becomes: ("result", "result")),
        Row(method: "tools/list", parameters: #"{"cursor":"x"}"#, becomes: ("-32602", "-32602")),
        Row(
            method: "tools/call", parameters: #"{"name":"shell_status"}"#,
            becomes: ("shell_status", "shell_status")),
        Row(
            method: "tools/call", parameters: #"{"name":"shell:status"}"#,
            becomes: ("shell_status", "shell_status")),
        Row(method: "tools/call", parameters: #"{"name":"rm"}"#, becomes: ("-32602", "-32602")),
        Row(method: "tools/call", parameters: #"{"name":7}"#, becomes: ("-32602", "-32602")),
        Row(
            method: "tools/call", parameters: #"{"name":"shell_status","arguments":[]}"#,
            becomes: ("-32602", "-32602")),
        Row(
            method: "tools/call", parameters: #"{"name":"shell_status","_meta":{"progressToken":0}}"#,
            becomes: ("shell_status, progress 0", "shell_status, progress 0")),
        Row(
            method: "tools/call", parameters: #"{"name":"shell_status","_meta":{"progressToken":"a"}}"#,
            becomes: ("shell_status, progress \"a\"", "shell_status, progress \"a\"")),
        Row(
            method: "tools/call", parameters: #"{"name":"shell_status","_meta":{"progressToken":1.5}}"#,
            becomes: ("-32602", "-32602")),
        Row(method: "resources/list", becomes: ("list", "list")),
        Row(method: "resources/list", parameters: #"{"cursor":7}"#, becomes: ("-32602", "-32602")),
        Row(method: "resources/templates/list", becomes: ("result", "result")),
        Row(
            method: "resources/read", parameters: #"{"uri":"batch://a"}"#,
            becomes: ("read batch://a", "read batch://a")),
        Row(method: "resources/read", becomes: ("-32602", "-32602")),
        Row(
            method: "resources/subscribe", parameters: #"{"uri":"batch://a"}"#,
            becomes: ("subscribe batch://a", "-32601")),
        Row(
            method: "subscriptions/listen",
            parameters: #"{"notifications":{"resourceSubscriptions":["batch://a"]}}"#,
            becomes: ("-32601", "listen batch://a")),
        Row(method: "subscriptions/listen", becomes: ("-32601", "-32602")),
        Row(
            method: "completion/complete",
            parameters:
                #"{"ref":{"type":"ref/resource","uri":"batch://{id}"},"argument":{"name":"id","value":"th"}}"#,
            becomes: ("complete th", "complete th")),
        Row(
            method: "completion/complete",
            parameters: #"{"ref":{"type":"ref/prompt","name":"x"},"argument":{"name":"id","value":"th"}}"#,
            becomes: ("-32602", "-32602")),
        Row(
            method: "tools/call",
            parameters: #"{"name":"shell_status","arguments":{"batchId":"b"},"task":{"ttl":60000}}"#,
            becomes: ("follow b", "shell_status")),
        Row(
            method: "tools/call", parameters: #"{"name":"shell_status","task":{}}"#,
            becomes: ("-32602", "shell_status")),
        Row(
            method: "tools/call",
            parameters: #"{"name":"shell_status","arguments":{"batchId":"b"},"task":true}"#,
            becomes: ("-32602", "shell_status")),
        Row(
            method: "tools/call", parameters: #"{"name":"batch_list","task":{}}"#,
            becomes: ("-32601", "batch_list")),
        Row(
            method: "tools/call",
            parameters:
                #"{"name":"shell_status","arguments":{"batchId":"b","stream":true},"_meta":\#(knowsTasks)}"#,
            becomes: ("shell_status", "follow b")),
        Row(
            method: "tools/call",
            parameters: #"{"name":"shell_status","arguments":{"batchId":"b"},"_meta":\#(knowsTasks)}"#,
            becomes: ("shell_status", "shell_status")),
        Row(
            method: "tools/call",
            parameters: #"{"name":"shell_status","arguments":{"stream":true},"_meta":\#(knowsTasks)}"#,
            becomes: ("shell_status", "shell_status")),
        Row(
            method: "tools/call",
            parameters: """
                {"name":"shell_status","arguments":{"batchId":"b","stream":true},"_meta":{"progressToken":1,\
                \(knowsTasks.dropFirst())}
                """,
            becomes: ("shell_status, progress 1", "shell_status, progress 1")),
        Row(method: "tasks/get", parameters: #"{"taskId":"b"}"#, becomes: ("look b", "look b")),
        Row(method: "tasks/get", becomes: ("-32602", "-32602")),
        Row(method: "tasks/result", parameters: #"{"taskId":"b"}"#, becomes: ("result b", "-32601")),
        Row(method: "tasks/cancel", parameters: #"{"taskId":"b"}"#, becomes: ("-32601", "acknowledge b")),
        Row(method: "tasks/update", parameters: #"{"taskId":"b"}"#, becomes: ("-32601", "acknowledge b")),
        Row(method: "tasks/list", becomes: ("-32601", "-32601")),
        Row(method: "prompts/list", becomes: ("-32601", "-32601")),
        Row(method: "initialize", becomes: ("-32601", "-32601")),
        Row(method: "logging/setLevel", becomes: ("-32601", "-32601")),
    ]

    @Test(arguments: rows)
    func `a request is answered`(row: Row) {
        let request = Self.request(row.method, row.parameters)
        #expect(Self.summary(Self.rules.answer(request, in: .november2025)) == row.becomes.old)
        #expect(Self.summary(Self.rules.answer(request, in: .july2026)) == row.becomes.new)
    }

    @Test func `results of the newer era say more of themselves`() throws {
        guard case .result(let old) = Self.rules.answer(Self.request("tools/list"), in: .november2025),
            case .result(let new) = Self.rules.answer(Self.request("tools/list"), in: .july2026)
        else { return #expect(Bool(false), "both answer") }
        #expect(old.object?.keys.sorted() == ["tools"])
        #expect(new.object?.keys.sorted() == ["_meta", "cacheScope", "resultType", "tools", "ttlMs"])
        #expect(new["resultType"] == "complete")
        #expect(new["_meta"]?["io.modelcontextprotocol/serverInfo"]?["name"] == "tally")
    }

    @Test func `only the revision that has them in it speaks of tasks so`() throws {
        for (revision, support) in [
            (ProtocolRevision.june2025, nil), (.november2025, "optional"), (.july2026, nil),
        ] {
            guard case .result(let list) = Self.rules.answer(Self.request("tools/list"), in: revision) else {
                return #expect(Bool(false), "it answers")
            }
            let supports = list["tools"]?.array?.map { $0["execution"]?["taskSupport"]?.string }
            #expect(supports == [support, nil])
            #expect((Self.rules.capabilities(in: revision)["tasks"] != nil) == (revision == .november2025))
            #expect((Self.rules.capabilities(in: revision)["extensions"] != nil) == (revision == .july2026))
        }
    }

    @Test func `the oldest revision knows neither titles nor structures`() throws {
        guard case .result(let list) = Self.rules.answer(Self.request("tools/list"), in: .march2025) else {
            return #expect(Bool(false), "it answers")
        }
        let tool = try #require(list["tools"]?.array?.first)
        #expect(tool["title"] == nil)
        #expect(tool["outputSchema"] == nil)
        #expect(tool["annotations"]?["readOnlyHint"] == true)
    }

    @Test(arguments: [
        ("2025-03-26", "2025-03-26"), ("2025-06-18", "2025-06-18"), ("2025-11-25", "2025-11-25"),
        ("2026-07-28", "2025-11-25"), ("2024-11-05", "2025-11-25"), ("soon", "2025-11-25"),
    ])
    func `a handshake agrees on a revision`(asked: String, agreed: String) {
        var session = MCPSession()
        let answer = session.receive(
            Self.request("initialize", #"{"protocolVersion":"\#(asked)"}"#), Self.rules)
        guard case .result(let result) = answer else { return #expect(Bool(false), "it agrees") }
        #expect(result["protocolVersion"]?.string == agreed)
        #expect(session.revision?.rawValue == agreed)
        #expect(Self.summary(session.receive(Self.request("ping"), Self.rules)) == "result")
        let again = session.receive(
            Self.request("initialize", #"{"protocolVersion":"\#(asked)"}"#), Self.rules)
        #expect(Self.summary(again) == "-32600")
    }

    @Test func `before the handshake nothing but a ping is answered`() {
        var session = MCPSession()
        #expect(Self.summary(session.receive(Self.request("ping"), Self.rules)) == "result")
        #expect(Self.summary(session.receive(Self.request("tools/list"), Self.rules)) == "-32600")
    }

    private static func summary(_ answer: MCPRules.Answer) -> String {
        switch answer {
        case .result: "result"
        case .refusal(let error): "\(error.code)"
        case .call(let call):
            summary(call.work)
                + (call.progressToken.map { ", progress \(String(decoding: $0.bytes, as: UTF8.self))" } ?? "")
        }
    }

    private static func summary(_ work: MCPCall.Work) -> String {
        switch work {
        case .tool(let name, _): name
        case .follow(let batch): "follow \(batch)"
        case .task(let id, let action): "\(action) \(id)"
        case .listResources: "list"
        case .readResource(let uri): "read \(uri)"
        case .complete(let prefix): "complete \(prefix)"
        case .subscribe(let uri): "subscribe \(uri)"
        case .unsubscribe(let uri): "unsubscribe \(uri)"
        case .listen(let filter): "listen \(filter.uris.joined(separator: " "))"
        }
    }
}

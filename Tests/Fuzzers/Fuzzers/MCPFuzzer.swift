import BatchProgress

@testable import MCPGateway
@testable import MCPProtocol

extension Fuzzer {
    /// Posts: content type, accept, version, method, name and session, if any, and the body. Alone, a body is also what
    /// a line on standard input says.
    static let mcp = Fuzzer(name: "mcp", isJSON: true) { bytes in
        var session = MCPSession()
        for message in Frames.messages(in: bytes) {
            guard let body = message.last else { continue }
            post(message.dropLast().map { String(decoding: $0, as: UTF8.self) }, body)
            do throws(RPCFault) {
                guard case .request(let request) = try RPCMessage(body) else { continue }
                check(session.receive(request, rules), of: request)
                if let revision = try? ModernRequest.check(request, headers: nil) {
                    check(rules.answer(request, in: revision), of: request)
                }
            } catch {
                checkJSON(OutgoingMessage(error))
            }
        }
    }

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

    private static func post(_ headers: [String], _ body: [UInt8]) {
        var head = MCPRequestHead(
            contentType: "application/json", accept: "application/json, text/event-stream", session: "s")
        if headers.count == 6 {
            let values = headers.map { $0.isEmpty ? [] : $0.split(separator: "\n").map(String.init) }
            head = MCPRequestHead(
                contentType: values[0].first, accept: values[1].first,
                headers: .init(version: values[2], method: values[3], name: values[4]),
                session: values[5].first)
        }
        switch MCPPost(head, body: body) {
        case .reject(let status, let fault):
            require(400..<500 ~= status || status == 200, "rejected with \(status)")
            checkJSON(OutgoingMessage(fault))
        case .modern(let request, let revision):
            require(revision.isModern, "\(revision) is not of the newer era")
            check(rules.answer(request, in: revision), of: request)
        case .handshake(let request):
            var session = MCPSession()
            check(session.receive(request, rules), of: request)
        case .within, .accepted: break
        }
    }

    private static func check(_ answer: MCPRules.Answer, of request: RPCRequest) {
        switch answer {
        case .result(let result): checkJSON(.result(request.id, result))
        case .refusal(let error): checkJSON(.error(request.id, error))
        case .call(let call): carryOut(call)
        }
    }

    private static func carryOut(_ call: MCPCall) {
        switch call.work {
        case .tool(_, let arguments): use(arguments)
        case .readResource(let uri), .subscribe(let uri), .unsubscribe(let uri): _ = BatchURI(uri)
        case .listen(let filter):
            _ = filter.uris.map { BatchURI($0) }
            checkJSON(filter.acknowledgement(of: call.id))
            checkJSON(ListenFilter.end(of: call))
        case .follow, .task, .listResources, .complete: break
        }
        guard let token = call.progressToken else { return }
        var notes = ProgressNotes(token: token)
        let note = notes.note(progress: 1, total: 2, message: "so far", at: Timestamp(microseconds: 0))
        if let note { checkJSON(note) }
    }

    private static func use(_ values: [String: JSONValue]) {
        guard
            let arguments = try? ToolArguments(
                values, known: ["batchId", "stream", "limit", "label", "operations"])
        else { return }
        _ = try? arguments.requiredBatchID()
        _ = try? arguments.flag("stream")
        _ = try? arguments.text("label")
        _ = try? arguments.list("operations")
        if let limit = try? arguments.number("limit", in: 1...200) { require(1...200 ~= limit, "\(limit)") }
    }

    /// A line that any client can read.
    private static func checkJSON(_ message: OutgoingMessage) {
        let bytes = message.bytes
        require(!bytes.contains(UInt8(ascii: "\n")), "an answer of two lines")
        require(
            (try? JSONValue(reading: bytes)) != nil,
            "no JSON: \(String(decoding: bytes, as: UTF8.self))")
    }
}

import BatchClient
import BatchProgress
import MCPGateway
import MCPProtocol
import ProcessTesting
import Testing

/// A call with `stream` of which the client wants no progress: it is answered before the client gives up, with what
/// is known by then. The minute of patience is a tenth of a second here.
@Suite struct SilenceTests {
    @Test func `who wants no progress is answered before the end`() async throws {
        try await withHome { home in
            _ = try await home.coordinator()
            try await home.submit("b", [#"{"type":"no-op"}"#])
            try await BatchConnection.open(to: home.address) { client in
                let answer = try await ask(client, token: nil)
                #expect(answer["isError"] == false)
                #expect(answer["structuredContent"]?["complete"] == false)
                let batches = answer["structuredContent"]?["batches"]?.array
                #expect(batches?.first?["batchId"] == "b" && batches?.first?["status"] == "pending")
            }
        }
    }

    @Test func `who is told progress waits for the end, however long`() async throws {
        try await withHome { home in
            _ = try await home.coordinator()
            try await home.submit("b", [#"{"type":"no-op"}"#])
            try await BatchConnection.open(to: home.address) { client in
                async let answer = ask(client, token: 1)
                // Many times the patience of the other.
                try await Task.sleep(for: .seconds(1))
                _ = try home.worker(slots: 1)
                #expect(try await answer["structuredContent"]?["complete"] == true)
            }
        }
    }

    private func ask(_ client: BatchConnection, token: JSONValue?) async throws -> JSONValue {
        let desk = MCPDesk(
            client, permissions: MCPPermissions(), version: "0", longestSilence: .milliseconds(100))
        let message: JSONValue = [
            "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": [
                "name": "shell_status", "arguments": ["batchId": "b", "stream": true],
                "_meta": token.map { ["progressToken": $0] } ?? [:],
            ],
        ]
        guard case .request(let request) = try RPCMessage(message.bytes) else { throw Overdue("no request") }
        guard case .call(let call) = desk.rules.answer(request, in: .november2025),
            case .result(_, let result)? = await desk.perform(call, tell: { _ in })
        else { throw Overdue("no result") }
        return result
    }
}

import Glibc
import ProcessTesting
import Testing

extension Gateways {
    /// Two gateways of one coordinator.
    @Suite struct Balancing {
        @Test func twoSideBySideTellTheSame() async throws {
            try await withCoordinator { home, _ in
                let gateways = [try await home.gateway(), try await home.gateway()]
                _ = try home.worker(slots: 1)
                try await home.submit("done", [#"{"type":"no-op"}"#])
                _ = try await home.end(of: "done")
                try await home.submit("open", [#"{"type":"nobody"}"#])
                for path in [
                    "/batches", "/batches?ended=true", "/batches/done", "/batches/done/events",
                    "/batches/open", "/batches/nop", "/openapi.json",
                ] {
                    let answers = try await [gateways[0].ask(path), gateways[1].ask(path)]
                    #expect(answers[0].status == answers[1].status, "\(path)")
                    #expect(answers[0].body == answers[1].body && !answers[0].body.isEmpty, "\(path)")
                }
            }
        }

        /// What it was told last by the one that is killed, and nothing older, it is told by the other.
        @Test func whoseGatewayIsKilledGoesOnAtTheOther() async throws {
            try await withCoordinator { home, _ in
                let gateways = [try await home.gateway(), try await home.gateway()]
                try await home.submit(
                    "b", [String](repeating: #"{"type":"sleep","data":0.1}"#, count: 20))
                _ = try home.worker(slots: 1)
                let accept = "Accept: text/event-stream"
                let stream = try gateways[0].open("/batches/b/events", headers: [accept])
                func ids(_ connection: HTTPConnection) -> [Int] {
                    connection.lines.filter { $0.hasPrefix("id: ") }.compactMap { Int($0.dropFirst(4)) }
                }
                try await eventually("some") { ids(stream).count >= 3 }
                gateways[0].process.signal(SIGKILL)
                try await eventually("it breaks off") { stream.read().isAtEnd }
                let last = try #require(ids(stream).last)
                let next = try gateways[1].open(
                    "/batches/b/events", headers: [accept, "Last-Event-ID: \(last)"])
                try await eventually("it closes") { next.read().isAtEnd }
                let all = ids(stream) + ids(next)
                #expect(all == Set(all).sorted())
                #expect(next.lines.last?.contains(#""completedOperations":20"#) == true)
            }
        }

        /// So requests have to be balanced by their MCP-Session-Id.
        @Test func aSessionOfTheOlderEraIsKnownToItsGatewayAlone() async throws {
            try await withCoordinator { home, _ in
                let gateways = [try await home.gateway(), try await home.gateway()]
                var sessions: [String] = []
                for gateway in gateways {
                    let answer = try await gateway.ask(
                        "POST", "/mcp", headers: MCPRequest.headers, body: MCPRequest.initialize)
                    #expect(answer.status == 200)
                    sessions.append(try #require(answer.headers["mcp-session-id"]))
                }
                for (gateway, (own, foreign)) in zip(gateways, [(0, 1), (1, 0)]) {
                    for (session, status) in [(sessions[own], 200), (sessions[foreign], 404)] {
                        let headers = MCPRequest.headers(of: session)
                        let answer = try await gateway.ask(
                            "POST", "/mcp", headers: headers, body: MCPRequest.list)
                        #expect(answer.status == status, "\(answer)")
                    }
                }
            }
        }
    }
}

import ProcessTesting
import Testing

/// The official clients, of both eras, over both transports, against real processes: list, call, progress, read,
/// subscribe, update, cancel.
@Suite struct OfficialClientTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var script: String
        var python: MCPGatewayProcess.Python

        var testDescription: String { script }
    }

    @Test(arguments: [
        Row(script: "official2.py http auto", python: .mcp2),
        Row(script: "official2.py http legacy", python: .mcp2),
        Row(script: "official2.py stdio auto", python: .mcp2),
        Row(script: "official2.py stdio legacy", python: .mcp2),
        Row(script: "official1.py http", python: .mcp1),
        Row(script: "official1.py stdio", python: .mcp1),
    ])
    func `an official client sees the batch move`(row: Row) async throws {
        try await withHome { home in
            _ = try await home.coordinator()
            _ = try home.worker(slots: 4)
            let gateway = try await MCPGatewayProcess(home)
            try await gateway.run(row.script, with: row.python)
        }
    }

    @Test(arguments: ["fast.py http", "fast.py stdio"])
    func `what is allowed can be changed`(script: String) async throws {
        try await withHome { home in
            _ = try await home.coordinator()
            _ = try home.worker(slots: 4)
            let gateway = try await MCPGatewayProcess(
                home, "--allow-control", "--allow-submit", "sleep",
                environment: ["TALLY_MCP_TOKEN=a-token-of-some-length"])
            try await gateway.run(
                script, with: .mcp2,
                environment: [
                    "TOKEN=a-token-of-some-length", "MCP_FLAGS=--allow-control --allow-submit sleep",
                ])
        }
    }
}

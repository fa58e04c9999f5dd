import Glibc
import ProcessTesting
import Testing

/// What the specifications demand of the wire, in both eras, and what becomes of what they forbid.
@Suite struct ProtocolTests {
    @Test(arguments: ["conformance.py", "lines.py"])
    func `the wire is as the specifications have it`(script: String) async throws {
        try await withHome { home in
            _ = try await home.coordinator()
            _ = try home.worker(slots: 8)
            let gateway = try await MCPGatewayProcess(home)
            try await gateway.run(script, with: .mcp2)
        }
    }

    /// As a script does that only asks: its input ends with the question.
    @Test func `what was asked before the input ends is answered`() async throws {
        try await withHome { home in
            _ = try await home.coordinator()
            let finished = try await home.run(
                "mcp", "--stdio",
                input: """
                    {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18", \
                    "capabilities": {}, "clientInfo": {"name": "script", "version": "1"}}}
                    {"jsonrpc": "2.0", "method": "notifications/initialized"}
                    {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "batch_list"}}

                    """)
            #expect(finished.ending == .exited(0), "\(finished.error)")
            #expect(finished.output.contains(#""id":2"#), "\(finished.output)")
        }
    }

    @Test func `a token is demanded of whoever has none`() async throws {
        try await withHome { home in
            _ = try await home.coordinator()
            let gateway = try await MCPGatewayProcess(
                home, environment: ["TALLY_MCP_TOKEN=a-token-of-some-length"])
            for (header, status) in [
                ("X: y", "401"), ("Authorization: Bearer another-token-of-length", "401"),
                ("Authorization: Basic a-token-of-some-length", "401"),
                ("Authorization: Bearer a-token-of-some-length", "400"),
            ] {
                let asked = try await home.bash(
                    """
                    curl --silent --dump-header - --header '\(header)' --header 'Content-Type: application/json' \
                    --data '{}' \(gateway.url)
                    """, in: home.work)
                #expect(asked.output.hasPrefix("HTTP/1.1 \(status) "), "\(header): \(asked.output)")
                let challenge = /WWW-Authenticate: Bearer .*resource_metadata=.*oauth-protected-resource/
                #expect(asked.output.contains(challenge.ignoresCase()) == (status == "401"))
            }
        }
    }

    @Test func `what changes something needs a token to be set`() async throws {
        try await withHome { home in
            let refused = try await home.run("mcp", "--allow-control")
            #expect(refused.ending == .exited(2))
            #expect(refused.error.contains("TALLY_MCP_TOKEN"))
        }
    }
}

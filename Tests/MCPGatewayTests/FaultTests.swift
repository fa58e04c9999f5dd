import Glibc
import ProcessTesting
import Testing

/// Processes are killed while a client follows a batch.
@Suite struct FaultTests {
    @Test func `the coordinator is killed and started again: the stream goes on, and ends rightly`()
        async throws
    {
        try await withHome { home in
            let coordinator = try await home.coordinator()
            _ = try home.worker(slots: 4)
            let gateway = try await MCPGatewayProcess(home)
            async let followed: Void = gateway.run("follow.py killed", with: .mcp2)
            try await eventually("the client follows") { Files.exists("\(home.work)/following") }
            kill(coordinator.pid, SIGKILL)
            _ = try await coordinator.end()
            _ = try await home.coordinator()
            try await followed
        }
    }

    @Test
    func
        `the gateway is told to end: a stream of the newest revision gets an answer, an older one is told to come back`()
        async throws
    {
        try await withHome { home in
            _ = try await home.coordinator()
            _ = try home.worker(slots: 4)
            let gateway = try await MCPGatewayProcess(home)
            async let followed: Void = gateway.run("last_words.py", with: .mcp2, staysAlive: false)
            try await eventually("both follow") { Files.exists("\(home.work)/following") }
            gateway.process.signal(SIGTERM)
            try await followed
            #expect(try await gateway.process.end() == .exited(0))
        }
    }

    @Test func `the gateway is killed and started again: a client that comes back has the state at once`()
        async throws
    {
        try await withHome { home in
            _ = try await home.coordinator()
            _ = try home.worker(slots: 4)
            let first = try await MCPGatewayProcess(home)
            let second = try await MCPGatewayProcess(home)
            async let followed: Void = second.run(
                "follow.py cut", with: .mcp2, environment: ["FIRST_URL=\(first.url)"])
            try await eventually("the client follows") { Files.exists("\(home.work)/following") }
            kill(first.process.pid, SIGKILL)
            try await followed
        }
    }
}

import BatchClient
import Glibc
import ProcessTesting
import Testing

extension Observed {
    /// Who lacks something says so; who lives says that as well.
    @Suite struct Readiness {
        @Test func allFollowTheirCoordinator() async throws {
            try await withHome { home in
                let homeserver = try await home.homeserver()
                // Before there is one.
                let worker = try await home.probed("worker")
                // It says that it listens when it has something to tell.
                let port = try FreePort.find()
                let mcp = Probed(process: try home.start("mcp", "--http", "127.0.0.1:\(port)"), port: port)
                try await eventually("it waits") { mcp.process.errorText.contains("waiting for it") }
                let matrix = try await home.probedMatrix(homeserver.port)
                try await worker.becomes(503, saying: "not ready: no coordinator is heard\n")
                try await mcp.becomes(503, saying: "no coordinator has answered yet")
                try await matrix.becomes(503, saying: "no coordinator answers at ipc://\(home.state)")
                try await eventually("the worker says it as well") {
                    worker.process.errorText.contains("no coordinator has answered yet, looking for it")
                }
                #expect(!worker.process.errorText.contains("lost"))
                #expect(try await mcp.ask("/batches").status == 503)
                for process in [worker, mcp, matrix] {
                    #expect(try await process.ask("/healthz").status == 200)
                }

                let coordinator = try await home.probed("coordinator")
                for process in [coordinator, worker, mcp, matrix] { try await process.becomes(200) }
                #expect(try await mcp.ask("/batches").status == 200)
                try await coordinator.process.destroy()
                try await worker.becomes(503, saying: "no coordinator is heard")
                try await mcp.becomes(503, saying: "no coordinator answers at ipc://\(home.state)")
                try await matrix.becomes(503, saying: "no coordinator answers")
                #expect(worker.process.errorText.contains("lost the coordinator, looking for it"))
                for process in [worker, mcp, matrix] {
                    #expect(try await process.metrics["tally_coordinator_connected"] == 0)
                    #expect(try await process.ask("/healthz").status == 200)
                }
                _ = try await home.coordinator()
                for process in [worker, mcp, matrix] {
                    try await process.becomes(200, saying: "ready\n")
                    #expect(try await process.metrics["tally_coordinator_connected"] == 1)
                }
                try await theHomeserverLeaves(home, homeserver, matrix)
            }
        }

        private func theHomeserverLeaves(
            _ home: Home, _ homeserver: (process: TestProcess, port: UInt16), _ matrix: Probed
        ) async throws {
            try await homeserver.process.destroy()
            try await matrix.becomes(
                503, saying: "the homeserver http://127.0.0.1:\(homeserver.port) doesn't answer")
            _ = try await home.homeserver(port: homeserver.port)
            try await matrix.becomes(200)
        }

        @Test func aStoreThatRefusesIsTold() async throws {
            try await withHome { home in
                let coordinator = try await home.probed("coordinator")
                try await coordinator.becomes(200)
                try await home.limitFiles(of: coordinator.process, toBytes: 300 << 10)
                let large = #"{"type":"nobody","data":"\#(String(repeating: "x", count: 100_000))"}"#
                let submit = try home.start(
                    "submit", try home.operations([String](repeating: large, count: 20)))
                try await coordinator.becomes(
                    503, saying: "not ready: nothing was changed: no room for the store")
                #expect(try #require(try await coordinator.metrics["tally_commits_refused_total"]) >= 1)
                try await submit.destroy()
            }
        }

        /// Nothing is there but probes, and those may come by any name where it listens for others.
        @Test func aCoordinatorAnswersProbesAlone() async throws {
            try await withHome { home in
                let port = try FreePort.find()
                let process = try home.start("coordinator", "--http", "0.0.0.0:\(port)")
                let coordinator = Probed(process: process, port: port)
                try await eventually("it listens") {
                    process.errorText.contains("listening on http://")
                        && process.errorText.contains("control=")
                }
                try await coordinator.becomes(200)
                for path in ["/healthz", "/readyz", "/metrics"] {
                    #expect(try await coordinator.ask(path, host: "10.1.2.3").status == 200, "\(path)")
                }
                #expect(try await coordinator.ask("/batches", host: "10.1.2.3").status == 421)
                #expect(try await coordinator.ask("/batches").status == 404)
                let second = try await home.run("worker", "--http", "127.0.0.1:\(port)")
                #expect(
                    second.ending == .exited(2) && second.error.contains("can't listen"), "\(second.error)")
            }
        }
    }
}

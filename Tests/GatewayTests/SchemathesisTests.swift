import Foundation
import ProcessTesting
import Testing

extension Gateways {
    /// A tool that makes requests of the OpenAPI document, right ones and wrong ones, and holds the answers against it.
    @Suite struct Schemathesis {
        private var tool: String {
            get throws {
                guard let path = ProcessInfo.processInfo.environment["TALLY_TEST_SCHEMATHESIS"] else {
                    throw Overdue(
                        "TALLY_TEST_SCHEMATHESIS names no schemathesis: run scripts/test, which gets one")
                }
                return path
            }
        }

        /// All its checks; and all routes but `/events`, which is never closed.
        @Test func theGatewayIsAsItsDocumentSays() async throws {
            try await withCoordinator { home, _ in
                let gateway = try await home.gateway("--allow-submit", "no-op", token: Gateway.token)
                _ = try home.worker(slots: 1)
                let words = [
                    try tool, "--no-color", "run", "http://127.0.0.1:\(gateway.port)/openapi.json",
                    "--header", "Authorization: Bearer \(Gateway.token)",
                    "--exclude-operation-id", "followAll",
                    "--checks", "all", "--max-examples", "20", "--generation-deterministic",
                    "--request-timeout", "20",
                ]
                let run = try home.start(words: words.map { bytes($0) })
                let ending = try await run.end(within: .seconds(120))
                #expect(ending == .exited(0), "\(run.outputText.suffix(8_000))\(run.errorText)")
                #expect(run.outputText.contains(/[1-9]\d{2,} generated/), "\(run.outputText)")
                #expect(gateway.process.isRunning)
            }
        }
    }
}

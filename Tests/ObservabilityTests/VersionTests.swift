import BatchClient
import Foundation
import Glibc
import ProcessTesting
import Testing

extension Observed {
    /// What processes say of each other when one speaks the next version of the protocol.
    @Suite struct Versions {
        @Test func whoSpeaksAnotherVersionIsToldSo() async throws {
            try await withHome { home in
                let coordinator = try await home.probed("coordinator")
                try await coordinator.becomes(200)
                let address = try await between(home)
                for words in [["status"], ["list"], ["watch"]] {
                    let finished = try await home.run(
                        raw: (words + ["--coordinator", address]).map { bytes($0) })
                    #expect(finished.ending == .exited(4), "\(words)")
                    #expect(
                        finished.error
                            == "tally: the coordinator refuses: protocol version 2 is not spoken here; "
                            + "this is 1; update whichever is older\n", "\(words)")
                }
                let worker = try await home.probed("worker", "--coordinator", address)
                try await worker.becomes(
                    503, saying: "the coordinator speaks another version of the protocol")
                // READY is said each second, and this once.
                try await eventually("it has tried again") {
                    try await coordinator.metrics[#"tally_messages_rejected_total{socket="dispatch"}"#] ?? 0
                        >= 3
                }
                let told = worker.process.errorText.matches(of: /speaks another version/).count
                #expect(told == 1, "\(worker.process.errorText)")
                #expect(try await worker.ask("/healthz").status == 200)
                #expect(try await home.run("workers").output == "no workers\n")
            }
        }

        /// The coordinator was replaced by a newer one while a gateway ran.
        @Test func aGatewaySaysThatItsCoordinatorIsNewer() async throws {
            try await withCoordinator { home, _ in
                let switched = "\(home.path)/newer"
                let address = try await between(home, once: switched)
                let mcp = try await home.probed("mcp", "--coordinator", address, option: "--listen")
                try await mcp.becomes(200)
                try Files.write([], to: switched)
                try await mcp.becomes(503, saying: "the coordinator speaks protocol version 2; this is 1")
                Files.remove(bytes(switched))
                try await mcp.becomes(200)
            }
        }

        /// - Returns: where the coordinator seems to be one of another version.
        private func between(_ home: Home, once file: String? = nil) async throws -> String {
            let python = try #require(ProcessInfo.processInfo.environment["TALLY_TEST_PYTHON"])
            let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
                path: "other_version.py")
            let front = "\(home.path)/other"
            mkdir(front, 0o700)
            let words = [python, script.path, front, "\(home.state)/run"] + (file.map { [$0] } ?? [])
            let process = try home.start(
                words: words.map { bytes($0) }, environment: ["PYTHONDONTWRITEBYTECODE=1"])
            try await eventually("it stands between") { process.outputText.contains("listening") }
            return "ipc://\(front)/control"
        }
    }
}

import Foundation
import Logging
import ProcessTesting
import Testing

@testable import Observability

@Suite struct JSONLogs {
    @Test func aLineIsAnObjectWhateverIsInIt() throws {
        let line = JSONLogHandler.line(
            at: Date(timeIntervalSince1970: 1_763_853_376.125), .warning, "tally.x", "a \"b\"\nc\u{1b}",
            ["batch": "k3", "level": "mine", "error": "ä/\\"])
        let text = String(decoding: line, as: UTF8.self)
        #expect(text.hasSuffix("\n") && text.count { $0 == "\n" } == 1)
        #expect(
            try JSONDecoder().decode([String: String].self, from: Data(line)) == [
                "time": "2025-11-22T23:16:16.125Z", "level": "warning", "logger": "tally.x",
                "message": "a \"b\"\nc\u{1b}", "batch": "k3", "error": "ä/\\",
            ])
    }
}

extension Observed {
    /// Of real processes.
    @Suite struct Logs {
        @Test func linesAreObjectsThatNameWhatTheyAreAbout() async throws {
            try await withHome { home in
                let settings = ["TALLY_LOG_FORMAT=json", "TALLY_LOG=trace"]
                let secret = "tally-secret-0123456789"
                let coordinator = try home.start("coordinator", environment: settings)
                let worker = try home.start(
                    "worker", "--allow-commands", "--slots", "1", "--name", "anna", environment: settings)
                let mcp = try await home.probed(
                    "mcp", option: "--listen", environment: settings + ["TALLY_MCP_TOKEN=\(secret)"])
                try await home.submit("b", [#"{"type":"no-op"}"#])
                _ = try await home.end(of: "b")
                #expect(try await mcp.ask("/batches?access_token=\(secret)").status == 401)
                var lines: [[String: String]] = []
                for process in [worker, mcp.process, coordinator] {
                    process.signal(SIGTERM)
                    try await process.end()
                    #expect(!process.errorText.contains(secret), "\(process.name)")
                    for line in process.errorText.split(separator: "\n") {
                        let fields = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
                        #expect(fields.keys.contains("time") && fields["level"] != nil, "\(line)")
                        lines.append(fields)
                    }
                }
                #expect(
                    lines.contains { $0["message"] == "listening" && $0["logger"] == "tally.coordinator" })
                #expect(
                    lines.contains {
                        $0["message"] == "operation ended" && $0["worker"] == "anna" && $0["batch"] == "b"
                            && $0["operation"] == "0" && $0["outcome"] == "completed"
                    })
            }
        }

        /// Where nobody said how.
        @Test(arguments: [([], true), (["TALLY_LOG_FORMAT="], true), (["TALLY_LOG_FORMAT=text"], false)])
        func aFileIsForPrograms(settings: [String], isJSON: Bool) async throws {
            try await withHome { home in
                let coordinator = try home.start("coordinator", environment: ["TALLY_LOG_FORMAT="] + settings)
                try await eventually("it listens") { coordinator.errorText.contains("listening") }
                #expect(coordinator.errorText.hasPrefix("{") == isJSON)
            }
        }
    }
}

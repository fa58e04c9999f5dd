import Foundation
import ProcessTesting
import Testing

extension Processes {
    /// Which commands a worker runs is said by whoever starts it: see docs/security.md.
    @Suite struct CommandPermissions {
        struct Row: CustomTestStringConvertible, Sendable {
            let data: String
            /// What it printed; nil: it failed.
            var output: String?
            var failure: String?

            var testDescription: String { data }
        }

        private static let notListed = "only certain programs"

        /// The worker allows printf and a script of its own, and is in a folder that isn't in its PATH.
        static let rows: [Row] = [
            Row(data: #"{"arguments":["printf","%s","a b"]}"#, output: "a b"),
            Row(data: #"{"arguments":["/usr/bin/printf","c"]}"#, output: "c"),
            Row(data: #"{"arguments":["HOME/hello"]}"#, output: "hello\n"),
            Row(data: #"{"shell":"printf x"}"#, failure: "no shell lines"),
            Row(data: #"{"arguments":["touch","ran"]}"#, failure: "'touch', \(notListed)"),
            Row(data: #"{"arguments":["hello"]}"#, failure: "'hello', \(notListed)"),
            Row(data: #"{"arguments":["./printf","x"]}"#, failure: "'./printf', \(notListed)"),
            Row(data: #"{"arguments":["/usr/bin/../bin/printf","x"]}"#, failure: notListed),
            Row(data: #"{"arguments":["/bin/sh","-c","touch ran"]}"#, failure: "'/bin/sh', \(notListed)"),
            Row(
                data: #"{"arguments":["printf","x"],"environment":["LD_PRELOAD=/tmp/x.so"]}"#,
                failure: "its own environment"),
            Row(data: #"{"arguments":["printf","x"],"folder":"/nowhere"}"#, failure: "/nowhere"),
        ]

        @Test func ofAListOnlyThoseRun() async throws {
            try await withCoordinator { home, _ in
                let script = "\(home.path)/hello"
                try Files.write(Array("#!/bin/sh\necho hello\n".utf8), to: script)
                chmod(script, 0o755)
                // What an operation finds where it is isn't what was allowed.
                try Files.write(Array("#!/bin/sh\ntouch ran\n".utf8), to: "\(home.work)/printf")
                chmod("\(home.work)/printf", 0o755)
                _ = try home.start(
                    "worker", "--slots", "1", "--allow-programs", "printf,\(script)",
                    environment: ["PATH=:/usr/bin:/bin"])
                let lines = Self.rows.map {
                    #"{"type":"command","data":\#($0.data.replacing("HOME", with: home.path))}"#
                }
                try await home.submit("b", lines)
                _ = try await home.end(of: "b")
                for (number, row) in Self.rows.enumerated() {
                    let log = try await home.run("logs", "b", "\(number)")
                    if let output = row.output {
                        #expect(log.output == output, "\(row.data): \(log.error)")
                    } else {
                        #expect(
                            log.error.contains(row.failure ?? ""), "\(row.data): \(log.output) \(log.error)")
                    }
                }
                #expect(!Files.exists("\(home.work)/ran"), "something ran that wasn't allowed")
            }
        }

        @Test func withoutBeingToldAWorkerRunsNone() async throws {
            try await withCoordinator { home, _ in
                let worker = try home.start("worker", "--slots", "1")
                try await home.submit("b", [try Line.command("touch ran")])
                try await eventually("it is said") {
                    try await home.run("status", "b").output.contains("tally worker --allow-commands")
                }
                #expect(worker.errorText.contains("runs no commands"))
                try await home.submit("trial", [Line.noOp])
                _ = try await home.end(of: "trial")
                #expect(!Files.exists("\(home.work)/ran"))
                _ = try home.worker(slots: 1)
                _ = try await home.end(of: "b")
                #expect(Files.exists("\(home.work)/ran"))
            }
        }
    }
}

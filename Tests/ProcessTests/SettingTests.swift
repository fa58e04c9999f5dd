import Glibc
import ProcessTesting
import Testing

extension Processes {
    /// Each setting is checked at the start, and what is wrong is named.
    @Suite struct Settings {
        struct Row: CustomTestStringConvertible {
            var arguments: [String]
            var environment: [String] = []
            var input: String?
            var says: [String]

            init(_ arguments: String..., environment: [String] = [], input: String? = nil, says: String...) {
                self.arguments = arguments
                self.environment = environment
                self.input = input
                self.says = says
            }

            var testDescription: String {
                (environment + arguments + [String((input ?? "").prefix(60))]).joined(separator: " ")
            }
        }

        static let rows: [Row] = [
            Row("juggle", says: "juggle"),
            Row("coordinator", "--bind", "somewhere", says: "--bind", "somewhere"),
            Row("coordinator", "--bind", "tcp://127.0.0.1:99999", says: "--bind", "99999"),
            Row("coordinator", "--bind", "tcp://127.0.0.1:5550", says: "--insecure"),
            Row("coordinator", "--event-interval", "often", says: "--event-interval", "often"),
            Row("coordinator", "--event-interval", "0", says: "--event-interval"),
            Row("coordinator", "--keep-completed", "-1d", says: "--keep-completed"),
            Row("coordinator", "--faster", says: "--faster"),
            Row("worker", "--slots", "0", says: "--slots", "1 to 10000", "0"),
            Row("worker", "--slots", "10001", says: "--slots", "1 to 10000", "10001"),
            Row("worker", "--slots", "many", says: "--slots", "many"),
            Row("worker", "--coordinator", "http://x", says: "--coordinator", "http://x"),
            Row("status", "../x", says: "../x"),
            Row("status", "--coordinator", "ipc://", says: "--coordinator", "ipc://"),
            Row("logs", "x", says: "--failed"),
            Row("logs", "x", "first", says: "first"),
            Row("watch", "--poll-interval", "0s", says: "--poll-interval"),
            Row("submit", "--retries", "101", "x", says: "--retries", "101"),
            Row("submit", "--type", "thumbnail", "x", says: "--type", "thumbnail"),
            Row(
                "submit", "--type", "command", "--env", "NOT_THERE", "true", ":::", "a", says: "--env",
                "NOT_THERE"),
            Row("submit", "not-there.ndjson", says: "not-there.ndjson", "No such file"),
            Row("submit", "--id", "a b", says: "--id", "a b"),
            Row("status", environment: ["TALLY_COORDINATOR=nonsense"], says: "TALLY_COORDINATOR", "nonsense"),
            Row(
                "status", environment: ["TALLY_COORDINATR=ipc:///x/control"], says: "TALLY_COORDINATR",
                "TALLY_COORDINATOR"),
            Row("worker", environment: ["TALLY_LOG=loud"], says: "TALLY_LOG", "loud"),
            Row("coordinator", environment: ["TALLY_STATE=/dev/null"], says: "TALLY_STATE", "/dev/null"),
            Row("run", "true", ":::", "a", environment: ["TALLY_STATE=/dev/null/x"], says: "/dev/null/x"),
        ]

        private static let megabytes = String(repeating: "x", count: 2 << 20)

        /// Told before there is a batch, or it is cancelled: nothing is left of it.
        static let operations: [Row] = [
            Row(
                "submit", input: "{\"type\": \"no-op\"}\n{\"type\": \"no-op\", \"data\": \"\(megabytes)\"}\n",
                says: "operation 1", "at most 1048576"),
            Row(
                "submit",
                input:
                    "{\"type\": \"no-op\"}\n{\"type\": \"no-op\", \"data\": \"\(megabytes)\(megabytes)\(megabytes)\(megabytes)\(megabytes)\"}\n",
                says: "line 2", "bytes"),
            Row("submit", input: "", says: "no operations"),
            Row("submit", input: "\n\n", says: "no operations"),
            Row("submit", input: "{\"type\": \"no-op\"}\nnonsense\n", says: "line 2"),
            Row("submit", input: "{\"data\": 1}\n", says: "line 1", "'type'"),
            Row("submit", input: "{\"type\": \"a b\"}\n", says: "line 1", "'type'"),
            Row("submit", input: "{\"type\": \"no-op\", \"retires\": 1}\n", says: "line 1", "'retires'"),
        ]

        @Test(arguments: operations) func whatIsWrongWithOperationsIsNamed(_ row: Row) async throws {
            try await withCoordinator { home, _ in
                let finished = try await home.run(
                    raw: row.arguments.map { bytes($0) }, input: row.input)
                #expect(finished.ending == .exited(2), "\(finished.error)")
                for part in row.says { #expect(finished.error.contains(part), "\(finished.error)") }
                #expect(try await home.run("status").output == "no batches\n")
            }
        }

        @Test(arguments: rows) func whatIsWrongIsNamed(_ row: Row) async throws {
            try await withHome { home in
                let finished = try await home.run(
                    raw: row.arguments.map { bytes($0) }, environment: row.environment, input: row.input)
                #expect(finished.ending == .exited(2), "\(finished.error)")
                for part in row.says { #expect(finished.error.contains(part), "\(finished.error)") }
                #expect(finished.output.isEmpty)
            }
        }

        @Test func aStateFolderThatOthersCanWriteIsRefused() async throws {
            try await withHome { home in
                chmod(home.state, 0o777)
                let finished = try await home.run("coordinator")
                #expect(finished.ending == .exited(2))
                #expect(finished.error.contains(home.state) && finished.error.contains("chmod 700"))
            }
        }
    }
}

import BatchClient
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
            Row(
                "worker", "--allow-programs", "not-there", says: "--allow-programs", "no program 'not-there'"),
            Row("worker", "--allow-programs", "./not-there", says: "a path from the root"),
            Row("worker", "--allow-programs", ",", says: "--allow-programs", "no program is named"),
            Row("worker", "--allow-commands", "--allow-programs", "true", says: "one of them"),
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
            Row(
                "worker", environment: ["TALLY_LOG_FORMAT=xml"], says: "TALLY_LOG_FORMAT", "text or json",
                "xml"),
            Row("worker", "--http", "9464", says: "--http", "'9464' is no HOST:PORT"),
            Row("coordinator", "--http", "a b:1", says: "a b", "no host to listen on"),
            Row(
                "status", environment: ["TALLY_STATE=state"], says: "TALLY_STATE",
                "'state' is no absolute path"),
            Row("coordinator", environment: ["TALLY_STATE=/dev/null"], says: "TALLY_STATE", "/dev/null"),
            Row("run", "true", ":::", "a", environment: ["TALLY_STATE=/dev/null/x"], says: "/dev/null/x"),
        ]

        private static let megabytes = String(repeating: "x", count: 2 << 20)

        /// Told before there is a batch, or it is cancelled: nothing is left of it.
        static let operations: [Row] = [
            Row(
                "submit", input: "{\"type\": \"no-op\"}\n{\"type\": \"no-op\", \"data\": \"\(megabytes)\"}\n",
                says: "line 2", "at most 1048576"),
            Row(
                "submit",
                input:
                    "{\"type\": \"no-op\"}\n{\"type\": \"no-op\", \"data\": \"\(megabytes)\(megabytes)\(megabytes)\(megabytes)\(megabytes)\"}\n",
                says: "line 2", "bytes"),
            Row("submit", input: "", says: "no operations"),
            Row("submit", ".", says: "'.' is a folder: name a file of operations"),
            Row("submit", input: "\n\n", says: "no operations"),
            Row(
                "submit", input: "{\"type\": \"no-op\"}\nnonsense\n", says: "standard input, line 2: no JSON"),
            Row(
                "submit", input: "{\"type\": \"command\", \"data\": {\"shel\": \"true\"}}\n", says: "line 1",
                "'arguments' or 'shell'"),
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

        /// By whoever was asked, and not by each process that it would have started.
        @Test(arguments: [["run", "true", ":::", "a"], ["coordinator"], ["up"]])
        func aPathTooLongForSocketsIsToldOnce(_ words: [String]) async throws {
            try await withHome { home in
                let state = "\(home.path)/" + String(repeating: "x", count: 100)
                let refused = try await home.run(
                    raw: words.map { bytes($0) }, environment: ["TALLY_STATE=\(state)"])
                #expect(refused.ending == .exited(2))
                #expect(
                    refused.error
                        == "tally: \(state)/run/completions has \(state.utf8.count + 16) bytes; a socket's path "
                        + "has at most 107: set XDG_RUNTIME_DIR or TALLY_STATE to a shorter path\n")
                #expect(!Files.exists("\(state)/worker.log") && !Files.exists("\(state)/coordinator.log"))
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

        /// A home's own file, not that of whoever runs the tests.
        private func write(_ settings: String, in home: Home) throws {
            for folder in [".config", ".config/tally"] { mkdir("\(home.path)/\(folder)", 0o700) }
            try Files.write(bytes(settings), to: "\(home.path)/.config/tally/settings")
        }

        @Test func flagsGoBeforeVariablesAndThoseBeforeTheFile() async throws {
            try await withCoordinator { home, _ in
                let nowhere = "ipc://\(home.path)/nowhere/control"
                try write("# elsewhere\n\nTALLY_COORDINATOR = \(nowhere)\n", in: home)
                let byFile = try await home.run("list")
                #expect(byFile.ending == .exited(4) && byFile.error.contains(nowhere), "\(byFile.error)")
                let byVariable = try await home.run(
                    "list", environment: ["TALLY_COORDINATOR=\(home.address)"])
                #expect(byVariable.ending == .exited(0), "\(byVariable.error)")
                let byFlag = try await home.run("list", "--coordinator", home.address.description)
                #expect(byFlag.ending == .exited(0), "\(byFlag.error)")
                let doctor = try await home.run("doctor")
                #expect(
                    doctor.output.contains(
                        "TALLY_COORDINATOR=\(nowhere), \(home.path)/.config/tally/settings, line 3\n"))
            }
        }

        /// What a process starts by itself goes by the same file.
        @Test func theFileHoldsForWhatIsStartedOnDemand() async throws {
            try await withHome { home in
                try write("TALLY_LOG=error\n", in: home)
                #expect(try await home.run("run", "true", ":::", "x").ending == .exited(0))
                #expect(Files.text("\(home.state)/coordinator.log").isEmpty)
                let loud = try await home.run("run", "true", ":::", "x", environment: ["TALLY_LOG=info"])
                #expect(loud.ending == .exited(0))
                #expect(Files.text("\(home.state)/worker.log").contains(" info "))
            }
        }

        @Test(arguments: [
            (
                "TALLY_LOG=debug\nTALLY_LOGS=debug\n",
                "line 2: there is no setting TALLY_LOGS; known: TALLY_COORD"
            ),
            ("TALLY_BATCH=b\n", "line 1: there is no setting TALLY_BATCH"),
            ("\ndebug\n", "line 2: 'debug' is no setting; one looks like: TALLY_LOG=debug"),
            ("TALLY_LOG=loud", "line 1: TALLY_LOG is one of trace, "),
            ("TALLY_STATE=~/x", "line 1: TALLY_STATE: '~/x' is no absolute path"),
            (String(repeating: "#", count: 1 << 17), "longer than 65536 bytes"),
        ])
        func whatIsWrongInTheFileIsNamed(_ settings: String, says: String) async throws {
            try await withHome { home in
                try write(settings, in: home)
                for command in ["list", "worker"] {
                    let finished = try await home.run(command)
                    #expect(finished.ending == .exited(2))
                    #expect(
                        finished.error.contains("\(home.path)/.config/tally/settings")
                            && finished.error.contains(says), "\(finished.error)")
                }
                #expect(try await home.run("list", "--help").ending == .exited(0))
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

        @Test(.enabled(if: geteuid() == 0, "only root may give a folder away"))
        func aStateFolderOfAnotherUserIsRefused() async throws {
            try await withHome { home in
                chown(home.state, 12_345, 12_345)
                let finished = try await home.run("coordinator")
                #expect(finished.ending == .exited(2))
                #expect(finished.error.contains("\(home.state) belongs to another user"), "\(finished.error)")
                chown(home.state, 0, 0)
            }
        }

        /// As in a unit of systemd's.
        @Test func withoutHOMETheUsersEntryNamesTheFolder() async throws {
            try await withHome { home in
                let folder = try #require(getpwuid(geteuid())?.pointee.pw_dir)
                let finished = try await home.bash("env -u HOME -u TALLY_STATE tally doctor", in: home.work)
                #expect(
                    finished.output.contains("\(String(cString: folder))/.local/state/tally"),
                    "\(finished.output)")
            }
        }
    }
}

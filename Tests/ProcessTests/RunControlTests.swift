import BatchClient
import Glibc
import ProcessTesting
import Testing

extension Processes {
    /// `tally run`: how many at once, how often, how long, and how it ends.
    @Suite struct RunControl {
        struct Row: CustomTestStringConvertible {
            var what: String
            var arguments: [String]
            var input: String?
            var code: Int32
            /// Somewhere in standard error.
            var says = ""

            var testDescription: String { what }
        }

        static let rows = [
            Row(what: "all end well", arguments: ["true", ":::", "a", "b"], code: 0),
            Row(
                what: "one of them fails", arguments: ["test {} = a", ":::", "a", "b"], code: 1,
                says: "1 of 2 failed"),
            Row(
                what: "all of them fail", arguments: [": {}; exit 9", ":::", "a", "b"], code: 1,
                says: "2 of 2 failed"),
            Row(
                what: "no such command", arguments: ["nosuchcommand", "{}", ":::", "a"], code: 1,
                says: "not found"),
            Row(
                what: "a failure that succeeds when tried again",
                arguments: ["--retries", "2", ": {}; echo x >> n; test $(wc -l < n) -ge 3", ":::", "a"],
                code: 0),
            Row(
                what: "more failures than it is tried again",
                arguments: ["--retries", "1", ": {}; echo x >> n; test $(wc -l < n) -ge 3", ":::", "a"],
                code: 1),
            Row(
                what: "too slow",
                arguments: ["--timeout", "300ms", ": {}; sleep 300 & sleep 300", ":::", "a"],
                code: 1,
                says: "timed out"),
            Row(
                what: "killed by a signal", arguments: [": {}; kill -9 $$", ":::", "a"], code: 1,
                says: "SIGKILL"),
            Row(what: "no command", arguments: [], code: 2, says: "which command?"),
            Row(what: "no command, but values", arguments: [":::", "a"], code: 2, says: "which command?"),
            Row(
                what: "no jobs", arguments: ["--jobs", "0", "true", ":::", "a"], code: 2,
                says: "--jobs is 1 to 10000"),
            Row(
                what: "jobs that are no number", arguments: ["--jobs", "x", "true", ":::", "a"], code: 2,
                says: "--jobs"),
            Row(
                what: "retries below none", arguments: ["--retries=-1", "true", ":::", "a"], code: 2,
                says: "--retries"),
            Row(
                what: "no time", arguments: ["--timeout", "soon", "true", ":::", "a"], code: 2,
                says: "--timeout"),
            Row(
                what: "an unknown option", arguments: ["--fast", "true", ":::", "a"], code: 2, says: "--fast"),
            Row(
                what: "quotes around the placeholder", arguments: ["echo '{}'", ":::", "a"], code: 2,
                says: "column 7"),
            Row(what: "no value after :::", arguments: ["true", ":::"], code: 0),
            Row(what: "empty standard input", arguments: ["true"], input: "", code: 0),
            Row(what: "standard input of empty lines", arguments: ["true"], input: "\n\n\n", code: 0),
        ]

        @Test(arguments: rows) func endsWithTheCodeThatTellsHow(_ row: Row) async throws {
            try await withHome { home in
                let finished = try await home.run(
                    raw: (["run"] + row.arguments).map { bytes($0) }, input: row.input)
                #expect(finished.ending == .exited(row.code), "\(finished.error)")
                #expect(finished.error.contains(row.says), "\(finished.error)")
                #expect(finished.output.isEmpty)
                #expect(home.commands.isEmpty)
                let startsNothing = row.code == 2 || row.arguments.last == ":::" || row.input != nil
                if startsNothing { #expect(home.living().isEmpty) }
            }
        }

        @Test func jobsAreExact() async throws {
            try await withHome { home in
                let command =
                    ": {}; echo + >> log; while [ ! -e go ]; do sleep 0.05; done; sleep 0.1; echo - >> log"
                let run = try home.start(
                    "run", "--jobs", "3", command, ":::", "1", "2", "3", "4", "5", "6", "7", "8")
                try await eventually("three run") { Files.lines("\(home.work)/log").count == 3 }
                try Files.write([], to: "\(home.work)/go")
                #expect(try await run.end() == .exited(0))
                var (running, most) = (0, 0)
                for line in Files.lines("\(home.work)/log") {
                    running += line == "+" ? 1 : -1
                    most = max(most, running)
                }
                #expect(most == 3)
                #expect(running == 0)
            }
        }

        @Test func twoRunsShareTheUsersCoordinatorAndNeitherEndsTheOther() async throws {
            try await withHome { home in
                let folders = ["one", "two"].map { "\(home.work)/\($0)" }
                for folder in folders { mkdir(folder, 0o700) }
                let command = "pwd; touch there; while [ ! -e go ]; do sleep 0.05; done; echo {}"
                let runs = try folders.map { try home.start("run", command, ":::", "a", "b", in: $0) }
                try await eventually("both work") { folders.allSatisfy { Files.exists("\($0)/there") } }
                let coordinators = home.coordinators
                #expect(coordinators.count == 1)

                try Files.write([], to: "\(folders[0])/go")
                #expect(try await runs[0].end() == .exited(0))
                #expect(runs[1].isRunning)
                try Files.write([], to: "\(folders[1])/go")
                #expect(try await runs[1].end() == .exited(0))
                for (run, folder) in zip(runs, folders) {
                    #expect(
                        run.outputText.split(separator: "\n").sorted() == [
                            folder[...], folder[...], "a", "b",
                        ])
                }
                #expect(home.coordinators == coordinators)
            }
        }

        @Test func oneInterruptStartsNothingMoreAndLetsEndWhatRuns() async throws {
            try await withHome { home in
                let trace = Trace(in: home.work)
                let command = ": {}; \(Trace.begin); while [ ! -e go ]; do sleep 0.05; done; \(Trace.end)"
                let values = (0..<20).map { "\($0)" }
                let run = try home.start(
                    raw: (["run", "--jobs", "2", command, ":::"] + values).map { bytes($0) })
                try await eventually("two run") { trace.starts.count == 2 }
                run.signal(SIGINT)
                try await eventually("the batch is paused") {
                    try await home.run("status").output.contains("paused")
                }
                #expect(run.isRunning)
                try trace.open()
                #expect(try await run.end() == .exited(130))
                #expect(trace.ended.count == 2)
                #expect(trace.starts.count == 2)
                let batch = try #require(
                    try await home.run("list").output.split(separator: "\n").last?.prefix(10))
                #expect(run.errorText.contains("tally run --resume \(batch)"), "\(run.errorText)")
                #expect(run.errorText.contains("2 of 20 completed"), "\(run.errorText)")
            }
        }

        @Test func aSecondInterruptEndsWhatRuns() async throws {
            try await withHome { home in
                let run = try home.start(
                    "run", "--jobs", "2", ": {}; touch there; sleep 300", ":::", "a", "b", "c")
                try await eventually("it works") { Files.exists("\(home.work)/there") }
                run.signal(SIGINT)
                try await eventually("the batch is paused") {
                    try await home.run("status").output.contains("paused")
                }
                run.signal(SIGINT)
                #expect(try await run.end() == .exited(130))
                #expect(home.commands.isEmpty)
            }
        }

        @Test func ofAKilledRunNoCommandLivesOn() async throws {
            try await withHome { home in
                let run = try home.start(
                    "run", "--jobs", "2", ": {}; touch there; sleep 300 & sleep 300", ":::", "a", "b", "c")
                try await eventually("it works") { Files.exists("\(home.work)/there") }
                #expect(!home.commands.isEmpty)
                run.signal(SIGKILL)
                let killed = ContinuousClock.now
                try await eventually("no command is left") { home.commands.isEmpty }
                #expect(ContinuousClock.now - killed < .seconds(2))
                try await eventually("the batch is paused") {
                    try await home.run("status").output.contains("paused")
                }
            }
        }

        @Test func theCoordinatorIsGoneTenSecondsAfterTheLastClient() async throws {
            try await withHome { home in
                #expect(try await home.run("run", "true", ":::", "a").ending == .exited(0))
                let ended = ContinuousClock.now
                #expect(home.coordinators.count == 1)
                try await eventually("it is gone") { home.living().isEmpty }
                let elapsed = ContinuousClock.now - ended
                #expect(elapsed > .seconds(6) && elapsed < .seconds(20), "\(elapsed)")
                // What it knew is not lost with it.
                #expect(try await home.run("run", "true", ":::", "b").ending == .exited(0))
                #expect(try await home.run("list").output.split(separator: "\n").count == 3)
            }
        }

        @Test func withoutACoordinatorQuestionsEndWithFour() async throws {
            try await withHome { home in
                let commands = [
                    ["status"], ["status", "x"], ["list"], ["workers"], ["watch"], ["watch", "x"],
                    ["logs", "x", "0"],
                    ["cancel", "x"], ["pause", "x"], ["resume", "x"], ["retry", "x"],
                    ["submit", try home.operations([Line.noOp])],
                ]
                let processes = try commands.map { try home.start(raw: $0.map { bytes($0) }) }
                for (process, command) in zip(processes, commands) {
                    #expect(try await process.end() == .exited(4), "\(command)")
                    #expect(process.errorText.contains("no coordinator answers at ipc://"), "\(command)")
                    #expect(process.outputText.isEmpty)
                }
            }
        }
    }
}

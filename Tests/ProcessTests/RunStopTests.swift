import BatchClient
import Glibc
import ProcessTesting
import Testing

extension Processes {
    /// `tally run`, stopped by signals, by its reader or by a kill: nothing is lost that could be gone on with.
    @Suite struct RunStop {
        private func batch(_ home: Home) async throws -> String {
            String(try #require(try await home.run("list").output.split(separator: "\n").last?.prefix(10)))
        }

        /// A run that reads from a pipe that stays open, with so many values in it.
        private func startReading(_ home: Home, _ values: ClosedRange<Int>, _ command: String) throws
            -> TestProcess
        {
            let lines = values.map { "\($0)" }.joined(separator: " ")
            return try home.start(
                "run", "--jobs", "1", command,
                under: [
                    "/bin/bash", "-c",
                    "mkfifo fifo; exec 9<>fifo; printf '%s\\n' \(lines) >&9; exec \"$@\" < fifo", "-",
                ])
        }

        @Test func whatASecondInterruptEndsIsLostNotCancelled() async throws {
            try await withHome { home in
                let command =
                    "v={}; trap 'echo $v >> ended; exit 0' TERM; echo $v >> started; sleep 300 & wait"
                let run = try home.start("run", "--jobs", "2", command, ":::", "a", "b", "c")
                try await eventually("two run") { Files.lines("\(home.work)/started").count == 2 }
                run.signal(SIGINT)
                try await eventually("it is paused") {
                    try await home.run("status").output.contains("paused")
                }
                #expect(Files.lines("\(home.work)/ended").isEmpty)
                run.signal(SIGINT)
                #expect(try await run.end(within: .seconds(20)) == .exited(130))
                #expect(Files.lines("\(home.work)/ended").sorted() == ["a", "b"])
                #expect(home.commands.isEmpty)
                let id = try await batch(home)
                #expect(
                    run.errorText.split(separator: "\n").last?.contains("tally run --resume \(id)") == true)
                let event = try await home.event(of: id)
                #expect(event.status == .paused && event.failedOperations == 2)
                #expect(event.cancelledOperations == 0)
                #expect(event.errors?.map(\.message) == ["worker lost", "worker lost"])
            }
        }

        @Test func aThirdInterruptWaitsForNothing() async throws {
            try await withHome { home in
                let command = ": {}; trap '' TERM; touch there; while :; do sleep 0.1; done"
                let run = try home.start("run", "--jobs", "1", command, ":::", "a", "b")
                try await eventually("it works") { Files.exists("\(home.work)/there") }
                // Two signals at once would be one: the next one comes when the last has had its effect.
                for effect in ["taking nothing more", "ending what runs"] {
                    run.signal(SIGINT)
                    try await eventually(effect) { Files.text("\(home.state)/worker.log").contains(effect) }
                }
                run.signal(SIGINT)
                #expect(try await run.end(within: .seconds(5)) == .exited(130))
                try await eventually("no command is left", within: .seconds(2)) { home.commands.isEmpty }
            }
        }

        @Test func termIsLikeAnInterrupt() async throws {
            try await withHome { home in
                let run = try home.start(
                    "run", "--jobs", "1", ": {}; touch there; while [ ! -e go ]; do sleep 0.05; done", ":::",
                    "a",
                    "b")
                try await eventually("it works") { Files.exists("\(home.work)/there") }
                run.signal(SIGTERM)
                try await eventually("it is paused") {
                    try await home.run("status").output.contains("paused")
                }
                try Files.write([], to: "\(home.work)/go")
                #expect(try await run.end() == .exited(143))
                let id = try await batch(home)
                #expect(run.errorText.contains("tally run --resume \(id)"))
                #expect(try await home.run("run", "--resume", id).ending == .exited(0))
            }
        }

        @Test func whenNobodyReadsItStops() async throws {
            try await withHome { home in
                let run = try home.start(
                    "run", "--jobs", "2", "echo {}; echo {} >> started; sleep 0.1; [ {} -gt 1 ] && sleep 300",
                    ":::",
                    "1", "2", "3", "4", "5", "6",
                    under: ["/bin/bash", "-c", "\"$@\" | head -n 1; exit ${PIPESTATUS[0]}", "-"])
                try await eventually("some output") { run.outputText == "1\n" }
                // What they wrote comes as they end.
                try await eventually("it stops") {
                    for pid in home.commands where ProcessTable.arguments(of: pid) == ["sleep", "300"] {
                        kill(pid, SIGKILL)
                    }
                    return !run.isRunning
                }
                #expect(run.ending == .exited(141))
                #expect(home.commands.isEmpty)
                let event = try await home.event(of: try await batch(home))
                #expect(event.status == .paused && event.completedOperations < 6)
                #expect(run.errorText.contains("--resume") == false)
            }
        }

        @Test func anInterruptWhileItReadsMakesABatchOfWhatWasRead() async throws {
            try await withHome { home in
                let run = try startReading(home, 1...3, "echo {}")
                try await eventually("all that came is done") { run.outputText == "1\n2\n3\n" }
                run.signal(SIGINT)
                #expect(try await run.end() == .exited(0), "\(run.errorText)")
                #expect(run.errorText.contains("not read to its end; the batch is its first 3 values"))
            }
        }

        @Test func whatWasReadIsGoneOnWith() async throws {
            try await withHome { home in
                let run = try startReading(
                    home, 1...3, "while [ ! -e go ]; do sleep 0.05; done; echo {}; touch at{}")
                try await eventually("it works") { !home.commands.isEmpty }
                run.signal(SIGINT)
                try await eventually("it is paused") {
                    try await home.run("status").output.contains("paused")
                }
                try Files.write([], to: "\(home.work)/go")
                #expect(try await run.end() == .exited(130))
                let id = try await batch(home)
                #expect(run.errorText.contains("not read to its end; the batch is its first 3 values"))
                let rest = try await home.run("run", "--resume", id)
                #expect(rest.ending == .exited(0), "\(rest.error)")
                #expect((run.outputText + rest.output).split(separator: "\n").sorted() == ["1", "2", "3"])
            }
        }

        /// Killed while it read: what it had read is a batch.
        @Test func ofARunThatWasKilledWhileItReadTheRestIsGoneOnWith() async throws {
            try await withHome { home in
                let run = try startReading(home, 1...3, "[ {} = 2 ] && [ ! -e go ] && sleep 300; echo {}")
                try await eventually("the second runs") { run.outputText == "1\n" && !home.commands.isEmpty }
                run.signal(SIGKILL)
                try await run.end()
                try Files.write([], to: "\(home.work)/go")
                let rest = try await home.run("run", "--resume", try await batch(home))
                #expect(rest.ending == .exited(1), "what ran is lost: \(rest.error)")
                #expect(rest.output == "3\n")
                #expect(rest.error.contains("worker lost"))
            }
        }
    }
}

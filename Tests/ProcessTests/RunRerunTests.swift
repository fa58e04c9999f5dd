import BatchClient
import Glibc
import ProcessTesting
import Testing

extension Processes {
    /// `tally run --resume ID --rerun-lost`, and `--private`.
    @Suite struct RunRerun {
        private func lastBatch(_ home: Home) async throws -> String {
            String(try #require(try await home.run("list").output.split(separator: "\n").last?.prefix(10)))
        }

        /// A batch of six of which two were killed, one failed and the rest waits; its id, and the two in order:
        /// with two jobs, values begin only nearly in the order of the input.
        private func interrupted(_ home: Home) async throws -> (id: String, killed: [String]) {
            let command = "v={}; echo $v >> started; [ $v = 1 ] && exit 1; [ -e go ] || sleep 300; echo $v"
            let run = try home.start("run", "--jobs", "2", command, ":::", "1", "2", "3", "4", "5", "6")
            try await eventually("two hang") { Files.lines("\(home.work)/started").count == 3 }
            run.signal(SIGINT)
            try await eventually("it is paused") { try await home.run("status").output.contains("paused") }
            run.signal(SIGINT)
            #expect(try await run.end(within: .seconds(20)) == .exited(130))
            try Files.write([], to: "\(home.work)/go")
            let killed = Files.lines("\(home.work)/started").filter { $0 != "1" }.sorted()
            try #require(killed.count == 2)
            return (try await lastBatch(home), killed)
        }

        @Test func afterTheRestWhatWasLostRunsAgain() async throws {
            try await withHome { home in
                let (id, killed) = try await interrupted(home)
                let others = ["2", "3", "4", "5", "6"].filter { !killed.contains($0) }
                let rest = try await home.run("run", "--jobs", "2", "-k", "--resume", id, "--rerun-lost")
                #expect(rest.ending == .exited(1), "the first has failed: \(rest.error)")
                #expect(rest.output == (others + killed).map { "\($0)\n" }.joined())
                let started = Files.lines("\(home.work)/started").sorted()
                #expect(started == (["1"] + others + killed + killed).sorted())
                let event = try await home.event(of: id)
                #expect(event.completedOperations == 3 && event.failedOperations == 3)
            }
        }

        private static let hangs = "echo {} >>started; until [ -e go ]; do sleep 0.1; done"

        /// Goes on with a batch of four of which two were killed, until the other two hang.
        private func lastTwo(_ home: Home) async throws -> TestProcess {
            let run = try home.start("run", "--jobs", "2", Self.hangs, ":::", "1", "2", "3", "4")
            try await eventually("two hang") { Files.lines("\(home.work)/started").count == 2 }
            try await interrupt(run, expecting: "stopping")
            run.signal(SIGINT)
            #expect(try await run.end(within: .seconds(20)) == .exited(130))
            let rest = try home.start(
                "run", "--jobs", "2", "--resume", try await lastBatch(home), "--rerun-lost")
            try await eventually("the other two hang") { Files.lines("\(home.work)/started").count == 4 }
            try await interrupt(rest, expecting: "stopping")
            return rest
        }

        private func interrupt(_ run: TestProcess, expecting text: String) async throws {
            run.signal(SIGINT)
            try await eventually("it is heard") { run.errorText.contains(text) }
        }

        /// Whether what runs is ended, or ends by itself, and the batch with it.
        @Test(arguments: [true, false])
        func whoInterruptsTheRestStartsNothingMore(isTwice: Bool) async throws {
            try await withHome { home in
                let rest = try await lastTwo(home)
                if isTwice { rest.signal(SIGINT) } else { try Files.write([], to: "\(home.work)/go") }
                #expect(try await rest.end(within: .seconds(20)) == .exited(130), "\(rest.errorText)")
                #expect(Files.lines("\(home.work)/started").count == 4)
                #expect(try await home.run("list").output.split(separator: "\n").count == 2)
                #expect(rest.errorText.contains("--rerun-lost"), "how to go on: \(rest.errorText)")
            }
        }

        @Test func ofABatchThatHasEndedOnlyThat() async throws {
            try await withHome { home in
                let (id, killed) = try await interrupted(home)
                #expect(try await home.run("run", "--resume", id).ending == .exited(1))
                let again = try await home.run("run", "--resume", id)
                #expect(again.ending == .exited(1))
                #expect(again.error.contains("tally run --resume \(id) --rerun-lost"), "\(again.error)")
                let rerun = try await home.run("run", "-k", "--resume", id, "--rerun-lost")
                #expect(rerun.ending == .exited(1))
                #expect(rerun.output == killed.map { "\($0)\n" }.joined(), "\(rerun.error)")
            }
        }

        @Test func withoutALossThereIsNothingToRerun() async throws {
            try await withHome { home in
                #expect(try await home.run("run", "exit {}", ":::", "1").ending == .exited(1))
                let id = try await lastBatch(home)
                let rerun = try await home.run("run", "--resume", id, "--rerun-lost")
                #expect(rerun.ending == .exited(1))
                #expect(rerun.error.contains("no operation of batch '\(id)' was lost"), "\(rerun.error)")
            }
        }

        @Test(arguments: [
            (["--rerun-lost", "true", ":::", "a"], "--rerun-lost goes with --resume"),
            (
                ["--resume", "x", "--rerun-lost", "--results", "d"],
                "--results can't be kept with --rerun-lost"
            ),
        ])
        func isRefused(arguments: [String], says: String) async throws {
            try await withHome { home in
                let run = try await home.run(raw: (["run"] + arguments).map { bytes($0) })
                #expect(run.ending == .exited(2))
                #expect(run.error.contains(says), "\(run.error)")
            }
        }

        @Test func ofAPrivateBatchOnlyThisTerminalKnowsMoreThanCounts() async throws {
            try await withHome { home in
                let run = try await home.run(
                    "run", "--private", "--label", "secret", "echo {}; echo why-{} >&2; exit 1", ":::", "hush"
                )
                #expect(run.ending == .exited(1))
                #expect(run.output == "hush\n" && run.error.contains("why-hush"))
                let id = String(
                    try #require(run.error.firstMatch(of: #/tally retry (\w+)/#)?.output.1))
                for question in [["logs", id, "0"], ["status", id, "--json"], ["list"]] {
                    let answer = try await home.run(raw: question.map { bytes($0) })
                    #expect(answer.ending == .exited(0), "\(answer.error)")
                    #expect(!(answer.output + answer.error).contains("hush"), "\(question)")
                }
            }
        }
    }
}

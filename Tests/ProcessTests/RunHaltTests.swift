import BatchClient
import Glibc
import ProcessTesting
import Testing

extension Processes {
    /// `tally run --halt` and `--max-failures`.
    @Suite struct RunHalt {
        private func values(_ range: ClosedRange<Int>) -> [String] { range.map { "\($0)" } }

        private func started(_ home: Home) -> [Int] {
            Files.lines("\(home.work)/started").compactMap { Int($0) }
        }

        private func batch(_ home: Home) async throws -> String {
            String(try #require(try await home.run("list").output.split(separator: "\n").last?.prefix(10)))
        }

        /// One after the other: what follows the failing one is never started, however quick it all is.
        @Test func afterAFailureNothingMoreIsStarted() async throws {
            try await withHome { home in
                let command = "echo {} >> started; test {} != 40"
                let run = try await home.run(
                    raw: (["run", "--jobs", "1", "--halt", "soon", command, ":::"] + values(1...60)).map {
                        bytes($0)
                    })
                #expect(run.ending == .exited(1))
                #expect(started(home) == Array(1...40))
                let id = try await batch(home)
                #expect(run.error.split(separator: "\n").last?.contains("tally run --resume \(id)") == true)
                let event = try await home.event(of: id)
                #expect(event.status == .paused && event.failedOperations == 1)
                #expect(event.completedOperations == 39)

                let rest = try await home.run("run", "--jobs", "1", "--halt", "soon", "--resume", id)
                #expect(rest.ending == .exited(1), "one has failed")
                #expect(started(home) == Array(1...60))
                #expect(try await home.event(of: id).completedOperations == 59)
            }
        }

        @Test func asManyFailuresAsAreAllowed() async throws {
            try await withHome { home in
                let command = "echo {} >> started; exit 1"
                let run = try await home.run(
                    raw: (["run", "--jobs", "1", "--max-failures", "3", command, ":::"] + values(1...10)).map
                    {
                        bytes($0)
                    })
                #expect(run.ending == .exited(1))
                #expect(started(home) == [1, 2, 3])
            }
        }

        @Test func whatIsTriedAgainHasNotFailed() async throws {
            try await withHome { home in
                let command = "echo {} >> started; test {} = 3 || test $TALLY_ATTEMPT = 2"
                let run = try await home.run(
                    raw: (["run", "--jobs", "1", "--retries", "1", "--halt", "soon", command, ":::"]
                        + values(1...4))
                        .map { bytes($0) })
                #expect(run.ending == .exited(0), "\(run.error)")
                #expect(started(home).sorted() == [1, 1, 2, 2, 3, 4, 4])
            }
        }

        @Test func whatFailsForGoodHasFailed() async throws {
            try await withHome { home in
                let command = "echo {} >> started; test {} != 1"
                let run = try await home.run(
                    raw: (["run", "--jobs", "1", "--retries", "2", "--halt", "soon", command, ":::", "1"]).map
                    {
                        bytes($0)
                    })
                #expect(run.ending == .exited(1), "\(run.error)")
                #expect(started(home) == [1, 1, 1])
            }
        }

        @Test func soonLetsEndWhatRuns() async throws {
            try await withHome { home in
                let command =
                    "v={}; echo $v >> started; [ $v = 2 ] || { while [ ! -e go ]; do sleep 0.05; done; }; [ $v != 2 ]"
                let run = try home.start(
                    raw: (["run", "--jobs", "2", "--halt", "soon", command, ":::"] + values(1...5)).map {
                        bytes($0)
                    })
                try await eventually("it stops") { try await home.run("status").output.contains("paused") }
                #expect(run.isRunning)
                try Files.write([], to: "\(home.work)/go")
                #expect(try await run.end() == .exited(1))
                #expect(started(home).sorted() == [1, 2])
                #expect(try await home.event(of: try await batch(home)).completedOperations == 1)
            }
        }

        @Test func nowEndsWhatRuns() async throws {
            try await withHome { home in
                let command = """
                    v={}; trap 'echo $v >> ended; exit 0' TERM; echo $v >> started
                    [ $v = 1 ] && while [ ! -e started ] || [ $(wc -l < started) -lt 2 ]; do sleep 0.05; done
                    [ $v = 1 ] && exit 7; sleep 300 & wait
                    """
                let run = try home.start(
                    raw: (["run", "--jobs", "2", "--halt", "now", command, ":::"] + values(1...5)).map {
                        bytes($0)
                    })
                #expect(try await run.end(within: .seconds(20)) == .exited(1))
                #expect(started(home).sorted() == [1, 2])
                #expect(Files.lines("\(home.work)/ended") == ["2"])
                #expect(home.commands.isEmpty)
                let failures = try await home.event(of: try await batch(home)).errors ?? []
                #expect(failures.map(\.message).sorted() == ["exit code 7", "worker lost"])
            }
        }
    }
}

import Glibc
import ProcessTesting
import Testing

extension Processes {
    /// `tally run --keep-order`: output as if one had run after the other.
    @Suite struct RunOrder {
        /// Each waits for the one after it, so they end in the opposite order.
        private static func backwards(_ count: Int, _ output: String) -> String {
            let wait = "while [ $v -lt \(count) ] && [ ! -e done$((v+1)) ]; do sleep 0.02; done"
            return "v={}; \(wait); \(output); touch done$v"
        }

        private func values(_ range: ClosedRange<Int>) -> [String] { range.map { "\($0)" } }

        @Test func outputComesInTheOrderOfTheValues() async throws {
            try await withHome { home in
                let command = Self.backwards(5, "echo out$v; echo err$v >&2; echo more$v")
                let run = try await home.run(
                    raw: (["run", "--keep-order", "--jobs", "5", command, ":::"] + values(1...5)).map {
                        bytes($0)
                    })
                #expect(run.ending == .exited(0), "\(run.error)")
                #expect(run.output == (1...5).map { "out\($0)\nmore\($0)\n" }.joined())
                let errors = run.error.split(separator: "\n").filter { $0.hasPrefix("err") }
                #expect(errors == (1...5).map { "err\($0)" })
            }
        }

        @Test func withoutItEachComesAsItEnds() async throws {
            try await withHome { home in
                let command = "v={}; while [ $v = 1 ] && [ ! -e go ]; do sleep 0.05; done; echo $v"
                let run = try home.start("run", "--jobs", "2", command, ":::", "1", "2")
                try await eventually("the second is written") { run.outputText == "2\n" }
                try Files.write([], to: "\(home.work)/go")
                #expect(try await run.end() == .exited(0))
                #expect(run.outputText == "2\n1\n")
            }
        }

        @Test func whatIsEarlyWaitsInAFileWithoutAName() async throws {
            try await withHome { home in
                let spool = "\(home.path)/spool"
                mkdir(spool, 0o700)
                let command = Self.backwards(4, "head -c 1000000 /dev/zero | tr '\\0' $v; touch written$v")
                let run = try home.start(
                    raw: (["run", "-k", "--jobs", "5", command, ":::"] + values(0...4)).map { bytes($0) },
                    environment: ["TMPDIR=\(spool)"])
                #expect(try await run.end() == .exited(0))
                let expected = (0...4).flatMap { [UInt8](repeating: UInt8(48 + $0), count: 1_000_000) }
                #expect(run.output == expected)
                #expect(Files.names(in: bytes(spool)).isEmpty)
            }
        }

        @Test func attemptsStayAtTheirOperationsPlace() async throws {
            try await withHome { home in
                let run = try await home.run(
                    "run", "-k", "--jobs", "2", "--retries", "1",
                    "v={}; echo $v.$TALLY_ATTEMPT; [ $v != a ] || [ $TALLY_ATTEMPT = 2 ]", ":::", "a", "b",
                    "c")
                #expect(run.ending == .exited(0), "\(run.error)")
                #expect(run.output == "a.1\na.2\nb.1\nc.1\n")
            }
        }

        /// Of the first nothing ever comes: what follows it doesn't wait for the end.
        @Test func aLostWorkerHoldsNothingUp() async throws {
            try await withHome { home in
                let command = """
                    v={}; echo $PPID > worker$v; case $v in 1) sleep 300;; 3) while [ ! -e go ]; do sleep 0.05; done;; \
                    esac; echo $v
                    """
                let run = try home.start("run", "-k", "--jobs", "2", command, ":::", "1", "2", "3", "4")
                try await eventually("the third runs") { Files.exists("\(home.work)/worker3") }
                let worker = try #require(pid_t(Files.lines("\(home.work)/worker1").first ?? ""))
                // With one core there is one worker, and all that ran is lost with it.
                let isAlone = Files.text("\(home.work)/worker1") == Files.text("\(home.work)/worker3")
                kill(worker, SIGKILL)
                if !isAlone {
                    try await eventually("the second is written") { run.outputText == "2\n" }
                    #expect(run.isRunning)
                }
                try Files.write([], to: "\(home.work)/go")
                #expect(try await run.end() == .exited(1))
                #expect(run.outputText == (isAlone ? "2\n4\n" : "2\n3\n4\n"))
                #expect(run.errorText.contains("worker lost"))
            }
        }

        /// The former run had the first ones, and perhaps some that follow.
        @Test func aResumedRunIsInOrderToo() async throws {
            try await withHome { home in
                try Files.write([], to: "\(home.work)/gate")
                let gate = "while [ -e gate ] && { [ $v = 3 ] || [ $v -ge 6 ]; }; do sleep 0.02; done"
                let command = "v={}; echo $v >> started; \(gate); echo $v"
                func started() -> [Int] { Files.lines("\(home.work)/started").compactMap { Int($0) } }
                let run = try home.start(
                    raw: (["run", "-k", "--jobs", "2", command, ":::"] + values(1...9)).map { bytes($0) })
                try await eventually("two wait") {
                    started().contains(3) && started().contains { $0 >= 6 } && run.outputText == "1\n2\n"
                }
                run.signal(SIGKILL)
                try await run.end()
                try await eventually("no command is left") { home.commands.isEmpty }
                let before = Set(started())
                Files.remove(bytes("\(home.work)/gate"))
                let id = try #require(
                    try await home.run("list").output.split(separator: "\n").last?.prefix(10))
                let rest = try await home.run("run", "-k", "--jobs", "2", "--resume", "\(id)")
                #expect(rest.ending == .exited(1), "what ran is lost: \(rest.error)")
                let lines = rest.output.split(separator: "\n").compactMap { Int($0) }
                #expect(lines == (1...9).filter { !before.contains($0) }, "\(rest.error)")
                #expect(lines.count >= 3)
            }
        }

        @Test func withoutAPlaceForTheFileNothingIsStarted() async throws {
            try await withHome { home in
                let run = try await home.run(
                    "run", "-k", "touch {}", ":::", "a", environment: ["TMPDIR=\(home.path)/nowhere"])
                #expect(run.ending == .exited(1))
                #expect(run.error.contains("set TMPDIR"), "\(run.error)")
                #expect(home.living().isEmpty && !Files.exists("\(home.work)/a"))
            }
        }
    }
}

import BatchClient
import Foundation
import Glibc
import ProcessTesting
import Testing

extension Processes {
    /// `tally run`: what is kept of the operations' output, and what is written instead of it.
    @Suite struct RunOutput {
        @Test func resultsAreFilesByNumber() async throws {
            try await withHome { home in
                let run = try await home.run(
                    "run", "--jobs", "1", "--results", "kept",
                    "v={}; printf \"$v\"; head -c 200000 /dev/zero; echo no >&2; test \"$v\" = 'a b'", ":::",
                    "a b", "c")
                #expect(run.ending == .exited(1), "\(run.error)")
                for (number, value) in [(1, "a b"), (2, "c")] {
                    let folder = "\(home.work)/kept/\(number)"
                    #expect(
                        Files.read("\(folder)/stdout") == bytes(value) + [UInt8](repeating: 0, count: 200_000)
                    )
                    #expect(Files.text("\(folder)/stderr") == "no\n")
                }
                #expect(Files.names(in: bytes("\(home.work)/kept")).count == 2)
                // All of it comes on standard output as well.
                #expect(run.outputBytes.count == 400_004)
            }
        }

        /// By the time the operation counts as ended its files are there, also while nobody takes the output.
        @Test func resultsAreThereWhenTheOperationHasEnded() async throws {
            try await withHome { home in
                let run = try home.start(
                    "run", "--results", "kept",
                    "echo {}; while [ {} = b ] && [ ! -e go ]; do sleep 0.05; done",
                    ":::", "a", "b")
                let id = try await eventuallyValue("a batch") {
                    try await home.run("list").output.split(separator: "\n").dropFirst().last?.prefix(10)
                }
                try await eventually("the first has ended") {
                    try await home.event(of: "\(id)").completedOperations == 1
                }
                #expect(Files.text("\(home.work)/kept/1/stdout") == "a\n")
                try Files.write([], to: "\(home.work)/go")
                #expect(try await run.end() == .exited(0))
            }
        }

        @Test func aResultThatCannotBeWrittenIsAFailure() async throws {
            try await withHome { home in
                mkdir("\(home.work)/kept", 0o700)
                try Files.write([], to: "\(home.work)/kept/2")
                let run = try await home.run("run", "--results", "kept", "echo {}", ":::", "a", "b", "c")
                #expect(run.ending == .exited(1))
                #expect(run.error.contains("kept/2/stdout can't be written: Not a directory"), "\(run.error)")
                #expect(Files.text("\(home.work)/kept/3/stdout") == "c\n")
            }
        }

        struct Refusal: CustomTestStringConvertible {
            var arguments: [String]
            var says: String
            var testDescription: String { arguments.joined(separator: " ") }
        }

        static let refusals = [
            Refusal(arguments: ["--results", "file"], says: "--results file: Not a directory"),
            Refusal(arguments: ["--results", "no/where"], says: "--results no/where: No such file"),
            Refusal(arguments: ["--joblog", "no/where"], says: "--joblog no/where: No such file"),
            Refusal(arguments: ["--joblog", "."], says: "--joblog .: Is a directory"),
            Refusal(arguments: ["--max-failures", "0"], says: "--max-failures is 1 or more, not 0"),
            Refusal(arguments: ["--max-failures", "x"], says: "--max-failures"),
            Refusal(arguments: ["--halt", "later"], says: "--halt"),
        ]

        @Test(arguments: refusals) func isToldBeforeAnythingIsStarted(_ row: Refusal) async throws {
            try await withHome { home in
                try Files.write([], to: "\(home.work)/file")
                let run = try await home.run(
                    raw: (["run"] + row.arguments + ["touch {}", ":::", "a"]).map { bytes($0) })
                #expect(run.ending == .exited(2))
                #expect(run.error.contains(row.says), "\(run.error)")
                #expect(home.living().isEmpty && !Files.exists("\(home.work)/a"))
            }
        }

        static let settled = [
            ["--retries", "1"], ["--timeout", "1s"], ["--label", "x"], ["-0"], ["-I", "@"], ["--dry-run"],
        ]

        @Test(arguments: settled) func whatWasSettledAtTheBeginningCannotBeSaidAgain(_ option: [String])
            async throws
        {
            try await withHome { home in
                let run = try await home.run(raw: (["run", "--resume", "x"] + option).map { bytes($0) })
                #expect(run.ending == .exited(2))
                #expect(run.error.contains("\(option[0]) was settled when the batch began"), "\(run.error)")
            }
        }

        // MARK: The log

        /// What changes from run to run, left out: times.
        private func comparable(_ log: String) -> [[String]] {
            let lines = log.split(separator: "\n").map { line in
                line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            }
            return lines.prefix(1)
                + lines.dropFirst().map { Array($0[..<2] + $0[4...]) }.sorted { $0.joined() < $1.joined() }
        }

        static let logged: [(options: [String], command: String, values: [String])] = [
            ([], "echo {}; exec sh -c {}", ["true", "exit 3", "kill -9 $$", "echo a b", "no  such >&2"]),
            (["--timeout", "1"], "sleep {}; echo {}", ["0.1", "300"]),
            ([], "nosuchcommand {}", ["1"]),
        ]

        @Test(.enabled(if: Files.exists("/usr/bin/parallel")), arguments: logged.indices)
        func theLogIsThatOfParallel(row: Int) async throws {
            let (options, command, values) = Self.logged[row]
            try await withHome { home in
                _ = try await home.run(
                    raw: (["run", "--joblog", "ours", "--jobs", "2"] + options + [command, ":::"] + values)
                        .map {
                            bytes($0)
                        })
                let theirs = try home.start(
                    raw: [],
                    under: ["/usr/bin/parallel", "--joblog", "theirs", "-j2"] + options + [command, ":::"]
                        + values)
                try await theirs.end()
                // Its last value is what is started here otherwise.
                let theirLines = Files.lines("\(home.work)/theirs").filter { !$0.contains(Home.tally) }
                #expect(
                    comparable(Files.text("\(home.work)/ours"))
                        == comparable(theirLines.joined(separator: "\n")))
            }
        }

        @Test func theLogHasALineForEachAttempt() async throws {
            try await withHome { home in
                try Files.write(bytes("old\n"), to: "\(home.work)/log")
                let run = try await home.run(
                    "run", "--joblog", "log", "--jobs", "1", "--retries", "1", "exit {}", ":::", "0", "4")
                #expect(run.ending == .exited(1))
                let lines = Files.lines("\(home.work)/log")
                #expect(lines.count == 4, "\(lines)")
                let ends = lines.dropFirst().map { $0.split(separator: "\t") }.map { [$0[0], $0[6]] }
                #expect(ends == [["1", "0"], ["2", "4"], ["2", "4"]])
            }
        }

        // MARK: Events, and nothing at all

        @Test func eventsTakeThePlaceOfTheOutput() async throws {
            try await withHome { home in
                let run = try await home.run(
                    "run", "--json", "echo {}; echo aside >&2; test {} = a", ":::", "a", "b")
                #expect(run.ending == .exited(1))
                let events = try run.output.split(separator: "\n").map {
                    try JSONDecoder().decode(BatchProgressEvent.self, from: Data($0.utf8))
                }
                let last = try #require(events.last)
                #expect(last.status == .failed && last.completedOperations == 1 && last.failedOperations == 1)
                #expect(Set(events.map(\.batchId)).count == 1)
                #expect(events.map(\.revision) == events.map(\.revision).sorted())
                #expect(Set(events.map(\.revision)).count == events.count)
                #expect(run.error.contains("aside") && run.error.contains("1 of 2 failed"))
            }
        }

        struct Printed: CustomTestStringConvertible {
            var command: [String]
            var values: [String]
            var lines: String
            var testDescription: String { command.joined(separator: " ") }
        }

        static let printed = [
            Printed(
                command: ["gzip -k {} > {.}"], values: ["a b.log", "c'd"],
                lines: "gzip -k 'a b.log' > 'a b'\ngzip -k 'c'\\''d' > 'c'\\''d'\n"),
            Printed(
                command: ["cp", "{}", "to here/{#}"], values: ["x", "$y"],
                lines: "cp x 'to here/1'\ncp '$y' 'to here/2'\n"),
            Printed(command: ["rm"], values: ["-f"], lines: "rm -f\n"),
        ]

        @Test(arguments: printed) func aDryRunPrintsTheCommands(_ row: Printed) async throws {
            try await withHome { home in
                let run = try await home.run(
                    raw: (["run", "--dry-run"] + row.command + [":::"] + row.values).map { bytes($0) })
                #expect(run.ending == .exited(0), "\(run.error)")
                #expect(run.output == row.lines && run.error.isEmpty)
                #expect(home.living().isEmpty && !Files.exists("\(home.state)/coordinator.sqlite"))
            }
        }

        @Test func anOutputThatIsFullIsToldAndTheBatchWaits() async throws {
            try await withHome { home in
                let run = try home.start(
                    raw: [],
                    under: [
                        "/bin/sh", "-c",
                        "exec \"$0\" run --jobs 1 'echo {}; [ {} = 1 ] || sleep 300' ::: 1 2 3 > /dev/full",
                    ])
                #expect(try await run.end() == .exited(1))
                #expect(run.errorText.contains("standard output can't be written: No space left"))
                #expect(run.errorText.contains("tally run --resume"), "\(run.errorText)")
            }
        }
    }
}

import BatchClient
import Glibc
import ProcessTesting
import Testing

extension Processes {
    /// Waiting for a batch: its exit code is the command's, and interrupting the command doesn't stop the batch.
    @Suite struct Following {
        @Test(arguments: [("true", 0), ("exit 3", 1)] as [(String, Int32)])
        func waitEndsWithTheBatchAndPrintsNothing(_ command: String, code: Int32) async throws {
            try await withCoordinator { home, _ in
                _ = try home.worker(slots: 1)
                try await home.submit(
                    "b", [try Line.command("while [ ! -e go ]; do sleep 0.02; done; \(command)")])
                let wait = try home.start("wait", "b")
                try await eventually("it runs") { !home.commands.isEmpty }
                #expect(wait.isRunning)
                try Files.write([], to: "\(home.work)/go")
                #expect(try await wait.end() == .exited(code))
                #expect(wait.output.isEmpty && wait.errorText.isEmpty)
                let late = try await home.run("wait", "b")
                #expect(late.ending == .exited(code) && late.output.isEmpty && late.error.isEmpty)
            }
        }

        @Test func waitForABatchThatIsCancelledEndsWithThree() async throws {
            try await withCoordinator { home, _ in
                try await home.submit("b", [Line.noOp])
                let wait = try home.start("wait", "b")
                #expect(try await home.run("cancel", "b").ending == .exited(0))
                #expect(try await wait.end() == .exited(3))
            }
        }

        @Test func waitForABatchThatIsNotThereEndsWithTwo() async throws {
            try await withCoordinator { home, _ in
                let wait = try await home.run("wait", "b")
                #expect(wait.ending == .exited(2) && wait.error.contains("there is no batch 'b'"))
            }
        }

        @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
        func interruptingWhoWaitsLeavesTheBatch(_ signal: Int32, code: Int32) async throws {
            try await withCoordinator { home, _ in
                try await home.submit("b", [Line.noOp])
                let wait = try home.start("wait", "b")
                let watch = try home.start("watch", "b")
                try await eventually("both listen") {
                    wait.trapsInterrupts && watch.trapsInterrupts && watch.outputText.contains("of 1")
                }
                wait.signal(signal)
                watch.signal(signal)
                #expect(try await wait.end() == .exited(code))
                #expect(try await watch.end() == .exited(code))
                #expect(wait.output.isEmpty && wait.errorText.isEmpty)
                #expect(try await home.event(of: "b").status == .pending)
            }
        }

        @Test func submitWaitPrintsTheIdShowsTheBatchAndEndsWithItsCode() async throws {
            try await withCoordinator { home, _ in
                _ = try home.worker(slots: 2)
                let submit = try home.start(
                    "submit", "--id", "b", "--wait", "--type", "command",
                    "while [ ! -e go ]; do sleep 0.02; done; test {} != 2", ":::", "1", "2", "3")
                try await eventually("the id is printed first") { submit.outputText == "b\n" }
                try await eventually("it is shown") { submit.errorText.contains("of 3") }
                #expect(submit.isRunning)
                try Files.write([], to: "\(home.work)/go")
                #expect(try await submit.end() == .exited(1))
                #expect(submit.outputText == "b\n")
                #expect(submit.errorText.contains("1 of 3 failed"))
                #expect(submit.errorText.contains("tally retry b"))
            }
        }

        @Test func interruptingSubmitWaitLeavesTheBatchAndSaysSo() async throws {
            try await withCoordinator { home, _ in
                let submit = try home.start("submit", "--id", "b", "--wait", try home.operations([Line.noOp]))
                try await eventually("it is shown") {
                    submit.errorText.contains("of 1") && submit.trapsInterrupts
                }
                submit.signal(SIGINT)
                #expect(try await submit.end() == .exited(130))
                #expect(submit.outputText == "b\n")
                #expect(submit.errorText.hasSuffix("tally: batch b goes on; follow it with: tally watch b\n"))
                #expect(try await home.event(of: "b").status == .pending)
            }
        }

        @Test func whatARunLeftFailedIsTriedAgainHere() async throws {
            try await withHome { home in
                let run = try await home.run("run", "test -e {}", ":::", "x", "y")
                #expect(run.ending == .exited(1))
                let id = try #require(
                    run.error.split(separator: "tally retry ").last?.prefix { $0 != ")" })
                try Files.write([], to: "\(home.work)/x")
                let retry = try await home.run("retry", String(id))
                #expect(retry.ending == .exited(0))
                let new = retry.output.filter { $0 != "\n" }
                #expect(retry.error == "tally: run it here with: tally run --resume \(new)\n")
                let rest = try await home.run("run", "--resume", new)
                #expect(rest.ending == .exited(1) && rest.error.contains("1 of 2 failed"), "\(rest)")
            }
        }

        /// What nobody reads any more is not an error of ours, and not a reason to go on.
        @Test(arguments: [
            ["list"], ["status"], ["status", "b"], ["workers"], ["logs", "b", "0"], ["watch", "b"],
        ])
        func closedOutputEndsWith141(_ words: [String]) async throws {
            try await withCoordinator { home, _ in
                _ = try home.worker(slots: 1)
                try await home.submit("b", [try Line.command("echo printed"), try Line.command("sleep 60")])
                try await eventually("the first has ended") {
                    try await home.event(of: "b").completedOperations == 1
                }
                let process = try home.start(raw: words.map { bytes($0) }, under: withoutReader)
                #expect(try await process.end() == .exited(141), "\(process.errorText)")
            }
        }

        @Test func anOutputThatIsFullIsAnError() async throws {
            try await withCoordinator { home, _ in
                let words = ["/bin/sh", "-c", #"exec "$@" >/dev/full"#, "sh"]
                let process = try home.start("list", under: words)
                #expect(try await process.end() == .exited(1))
                #expect(process.errorText == "tally: the output can't be written: No space left on device\n")
            }
        }

        /// Ten seconds after the last command the user's own coordinator is gone, and what it knew isn't.
        @Test func batchesCanBeAskedForWhenTheCoordinatorThatRanThemHasLeft() async throws {
            try await withHome { home in
                #expect(
                    try await home.run("run", "--label", "mine", "echo {}", ":::", "x").ending == .exited(0))
                try await eventually("it has left") { home.coordinators.isEmpty }
                let list = try await home.run("list")
                #expect(list.ending == .exited(0) && list.output.contains("mine"), "\(list.error)")
            }
        }

        @Test func aCoordinatorThatWasStartedByHandIsNotStartedAgain() async throws {
            try await withCoordinator { home, coordinator in
                coordinator.signal(SIGTERM)
                try await coordinator.end()
                let list = try await home.run("list")
                #expect(
                    list.ending == .exited(4) && list.error.contains("start it again with: tally coordinator")
                )
                #expect(home.coordinators.isEmpty)
            }
        }

        /// Writes to a pipe whose reader is gone already.
        private var withoutReader: [String] {
            let script = #"mkfifo "pipe.$$" && exec 3<>"pipe.$$" 4>"pipe.$$" 3<&- && exec "$@" >&4 4>&-"#
            return ["/bin/bash", "-c", script, "bash"]
        }
    }
}

extension TestProcess {
    /// Whether SIGINT and SIGTERM are both caught by now: what is sent earlier ends the process without a word.
    fileprivate var trapsInterrupts: Bool {
        let mask = Files.lines("/proc/\(pid)/status").first { $0.hasPrefix("SigCgt:") }
        let caught = mask.flatMap { UInt64($0.split(separator: "\t").last ?? "", radix: 16) } ?? 0
        return [SIGINT, SIGTERM].allSatisfy { caught & 1 << UInt64($0 - 1) != 0 }
    }
}

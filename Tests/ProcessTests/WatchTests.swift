import BatchClient
import Glibc
import ProcessTesting
import Testing

extension Processes {
    /// Every subscriber, however late or slow, ends with the coordinator's last state.
    @Suite struct Watching {
        @Test func lateAndStoppedOnesEndWithTheLastStateAndSlowNobody() async throws {
            try await withCoordinator { home, _ in
                _ = try home.worker(slots: 2)
                try await home.submit("slow", [String](repeating: Line.sleep(0.1), count: 80))
                let stopped = try home.start("watch", "slow")
                try await eventually("the first one watches") { stopped.outputText.contains("of 80") }
                stopped.signal(SIGSTOP)
                let began = ContinuousClock.now
                try await eventually("it has begun") {
                    try await home.event(of: "slow").completedOperations > 0
                }
                let late = try home.start("watch", "slow")

                #expect(try await late.end() == .exited(0))
                let event = try await home.event(of: "slow")
                #expect(event.status == .completed && event.completedOperations == 80)
                // Longer than the two seconds after which a coordinator is taken for lost.
                try await eventually("it was stopped for long enough") {
                    ContinuousClock.now - began > .seconds(3)
                }
                #expect(stopped.isRunning)

                stopped.signal(SIGCONT)
                #expect(try await stopped.end() == .exited(0))
                let last = try #require(late.outputText.split(separator: "\n").last)
                #expect(last.contains("80 completed"))
                #expect(stopped.outputText.split(separator: "\n").last == last)
            }
        }

        @Test func aBatchThatHasEndedIsShownWithItsExitCode() async throws {
            try await withCoordinator { home, _ in
                _ = try home.worker(slots: 1)
                try await home.submit("fails", [Line.noOp, try Line.command("exit 3")])
                _ = try await home.end(of: "fails")
                let watch = try await home.run("watch", "fails")
                #expect(watch.ending == .exited(1))
                #expect(watch.output.contains("1 of 2 failed"))
            }
        }
    }
}

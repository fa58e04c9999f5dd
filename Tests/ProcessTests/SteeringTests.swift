import BatchClient
import Foundation
import Glibc
import ProcessTesting
import Testing

extension Processes {
    /// The commands that steer and ask, against real processes.
    @Suite struct Steering {
        @Test func cancelStopsWhatRunsAndEndsTheRest() async throws {
            try await withCoordinator { home, _ in
                let trace = Trace(in: home.work)
                _ = try home.worker(slots: 2)
                try await home.submit("b", try (0..<10).map { _ in try Line.gated() })
                try await eventually("two run") { trace.starts.count == 2 }
                let watch = try home.start("watch", "b")
                #expect(try await home.run("cancel", "b").ending == .exited(0))
                #expect(try await watch.end() == .exited(3))
                let event = try await home.event(of: "b")
                #expect(event.status == .cancelled && event.cancelledOperations == 10)
                try await eventually("no command is left") { home.commands.isEmpty }
                #expect(trace.starts.count == 2)
                let again = try await home.run("cancel", "b")
                #expect(again.ending == .exited(2) && again.error.contains("already ended (cancelled)"))
            }
        }

        @Test func pauseStartsNothingMoreAndResumeGoesOn() async throws {
            try await withCoordinator { home, _ in
                let trace = Trace(in: home.work)
                _ = try home.worker(slots: 2)
                try await home.submit("b", try (0..<10).map { _ in try Line.gated() })
                try await eventually("two run") { trace.starts.count == 2 }
                #expect(try await home.run("pause", "b").ending == .exited(0))
                try trace.open()
                try await eventually("what ran has ended") {
                    let event = try await home.event(of: "b")
                    return event.status == .paused && event.completedOperations == 2
                }
                #expect(trace.starts.count == 2)
                #expect(try await home.run("resume", "b").ending == .exited(0))
                #expect(try await home.end(of: "b").completedOperations == 10)
                #expect(trace.runs == Dictionary(uniqueKeysWithValues: (0..<10).map { ($0, 1) }))
            }
        }

        @Test func retryMakesANewBatchOfWhatFailed() async throws {
            try await withCoordinator { home, _ in
                _ = try home.worker(slots: 2)
                let lines = try (0..<6).map { number in
                    try Line.command(
                        "echo out \(number); echo err \(number) >&2; test -e \(number)", label: "n\(number)")
                }
                for number in [0, 2, 4] { try Files.write([], to: "\(home.work)/\(number)") }
                try await home.submit("b", lines)
                let event = try await home.end(of: "b")
                #expect(
                    event.status == .failed && event.failedOperations == 3 && event.completedOperations == 3)
                #expect(event.errors?.map(\.label) == ["n1", "n3", "n5"])
                #expect(event.errors?.map(\.message) == ["err 1", "err 3", "err 5"])

                let failed = try await home.run("logs", "b", "--failed")
                #expect(failed.ending == .exited(0))
                #expect(failed.output == "out 1\nout 3\nout 5\n")
                #expect(failed.error.contains("operation 3 (n3): failed, exit 1"))
                let one = try await home.run("logs", "b", "2")
                #expect(one.output == "out 2\n")
                #expect(
                    one.error.contains("operation 2 (n2): completed, exit 0") && one.error.contains("err 2"))
                #expect(try await home.run("logs", "b", "6").ending == .exited(2))

                for number in [1, 3, 5] { try Files.write([], to: "\(home.work)/\(number)") }
                let retry = try await home.run("retry", "b")
                #expect(retry.ending == .exited(0))
                let new = retry.output.filter { $0 != "\n" }
                let ended = try await home.end(of: new)
                #expect(ended.status == .completed && ended.totalOperations == 3)
                #expect(try await home.detail(of: new).retryOf == BatchID("b"))
                #expect(try await home.event(of: "b") == event)
                let nothing = try await home.run("retry", new)
                #expect(nothing.ending == .exited(2) && nothing.error.contains("nothing to retry"))
            }
        }

        @Test func listAndWorkersTellWhatIsThere() async throws {
            try await withCoordinator { home, _ in
                #expect(try await home.run("list").output == "no batches\n")
                #expect(try await home.run("workers").output == "no workers\n")
                _ = try home.worker(slots: 3, name: "anna")
                try await home.submit("ended", [Line.noOp], arguments: ["--label", "first"])
                _ = try await home.end(of: "ended")
                try await home.submit("waits", [#"{"type": "knitting"}"#], arguments: ["--label", "second"])

                let list = try await home.run("list").output.split(separator: "\n")
                #expect(list.count == 3)
                #expect(
                    list[1].hasPrefix("waits ") && list[1].contains("pending") && list[1].hasSuffix("second"))
                #expect(
                    list[2].hasPrefix("ended ") && list[2].contains("completed") && list[2].hasSuffix("first")
                )
                #expect(try await home.run("status").output.split(separator: "\n").count == 2)
                let worker = try #require(
                    try await home.run("workers").output.split(separator: "\n").last)
                #expect(worker.hasPrefix("anna ") && worker.hasSuffix("command, no-op, post, sleep"))
                // What nobody takes waits, and it is said for whom.
                let status = try await home.run("status", "waits")
                #expect(status.output.contains("no worker takes operations of type knitting"))
                #expect(try await home.event(of: "waits").status == .pending)
                #expect(try await home.run("status", "unknown").ending == .exited(2))
            }
        }

        @Test func aTerminatedWorkerFinishesWhatRunsAndGivesBackTheRest() async throws {
            try await withCoordinator { home, _ in
                let trace = Trace(in: home.work)
                let leaving = try home.worker(slots: 2, name: "leaving")
                try await home.submit("b", try (0..<8).map { _ in try Line.gated() })
                try await eventually("two run") { trace.starts.count == 2 }
                leaving.signal(SIGTERM)
                try await eventually("it takes nothing more") {
                    leaving.errorText.contains("taking nothing more")
                }
                _ = try home.worker(slots: 6, name: "staying")
                try await eventually("the others run elsewhere") { trace.starts.count == 8 }
                #expect(leaving.isRunning)
                try trace.open()
                #expect(try await leaving.end() == .exited(0))
                let event = try await home.end(of: "b")
                #expect(event.completedOperations == 8 && event.failedOperations == 0)
                #expect(event.retriedOperations == 0)
                #expect(trace.runs == Dictionary(uniqueKeysWithValues: (0..<8).map { ($0, 1) }))
            }
        }

        /// What a worker asked for while operations were short isn't kept from others when long ones follow.
        @Test func aWorkerThatWasFastHoardsNothing() async throws {
            try await withCoordinator { home, _ in
                let trace = Trace(in: home.work)
                _ = try home.worker(slots: 2, name: "fast")
                try await home.submit("short", [String](repeating: Line.noOp, count: 2000))
                _ = try await home.end(of: "short")
                try await home.submit("long", try (0..<12).map { _ in try Line.gated() })
                try await eventually("two run") { trace.starts.count == 2 }
                _ = try home.worker(slots: 10, name: "idle")
                try await eventually("all run") { trace.starts.count == 12 }
                try trace.open()
                let event = try await home.end(of: "long")
                #expect(event.completedOperations == 12 && event.retriedOperations == 0)
                #expect(trace.runs == Dictionary(uniqueKeysWithValues: (0..<12).map { ($0, 1) }))
            }
        }

        @Test func aTerminatedCoordinatorGoesOnWhereItWas() async throws {
            try await withCoordinator { home, coordinator in
                let trace = Trace(in: home.work)
                _ = try home.worker(slots: 2)
                try await home.submit("b", try (0..<10).map { _ in try Line.gated() })
                try await eventually("two run") { trace.starts.count == 2 }
                coordinator.signal(SIGTERM)
                #expect(try await coordinator.end() == .exited(0))
                #expect(!Files.exists("\(home.state)/run/control"))
                try trace.open()
                try await eventually("what ran has ended") { trace.ended.count == 2 }
                _ = try await home.coordinator()
                let event = try await home.end(of: "b")
                #expect(event.completedOperations == 10 && event.retriedOperations == 0)
                #expect(trace.runs == Dictionary(uniqueKeysWithValues: (0..<10).map { ($0, 1) }))
            }
        }

        @Test func submittingTwiceIsOneBatchAndOtherContentIsAConflict() async throws {
            try await withCoordinator { home, _ in
                try await home.submit("b", [Line.noOp, Line.sleep(0)], arguments: ["--label", "x"])
                try await home.submit("b", [Line.noOp, Line.sleep(0)], arguments: ["--label", "x"])
                #expect(try await home.event(of: "b").totalOperations == 2)
                for lines in [
                    [Line.noOp, Line.sleep(1)], [Line.noOp], [Line.noOp, Line.sleep(0), Line.noOp],
                ] {
                    let other = try await home.run(
                        "submit", "--id", "b", "--label", "x", try home.operations(lines))
                    #expect(other.ending == .exited(2))
                    #expect(other.error.contains("'b' exists already"), "\(other.error)")
                    #expect(other.output.isEmpty)
                }
                let label = try await home.run(
                    "submit", "--id", "b", "--label", "y", try home.operations([Line.noOp]))
                #expect(label.ending == .exited(2) && label.error.contains("another label"))
                #expect(try await home.detail(of: "b").sealed)
                _ = try home.worker(slots: 1)
                #expect(try await home.end(of: "b").completedOperations == 2)
                try await home.submit("b", [Line.noOp, Line.sleep(0)], arguments: ["--label", "x"])
            }
        }
    }
}

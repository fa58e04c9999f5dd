import BatchClient
import Glibc
import ProcessTesting
import Testing

extension Processes {
    /// Any process may be killed at any moment: nothing acknowledged is lost or runs again.
    @Suite struct Kills {
        /// Twenty that end at once, and then twenty that wait for the gate.
        private let lines = Result {
            try (0..<20).map { _ in try Line.quick() } + (0..<20).map { _ in try Line.gated() }
        }

        /// Returns when the first twenty are acknowledged, and the coordinator knows of one of the others in each of
        /// four slots: what it doesn't know to have begun is no loss.
        private func submitUpToTheGate(_ home: Home, _ trace: Trace) async throws {
            try await home.submit("work", try lines.get(), arguments: ["--label", "work"])
            try await eventually("the commands stand at the gate") {
                guard trace.starts.count == 24 else { return false }
                guard try await home.event(of: "work").completedOperations == 20 else { return false }
                return try await home.runningOperations(of: "work") == 4
            }
        }

        @Test func workOfAKilledWorkerIsDoneElsewhere() async throws {
            try await withCoordinator { home, _ in
                let trace = Trace(in: home.work)
                let victim = try home.worker(slots: 2, name: "victim")
                _ = try home.worker(slots: 2, name: "other")
                let watch = try home.start("watch")
                try await submitUpToTheGate(home, trace)

                let interrupted = trace.running(in: victim)
                #expect(interrupted.count == 2)
                try await victim.destroy()
                for start in interrupted {
                    try await eventually("command \(start.operation) is gone", within: .seconds(10)) {
                        home.living("TALLY_OPERATION=\(start.operation)", "TALLY_ATTEMPT=1").isEmpty
                    }
                }
                try await eventually("they run again", within: .seconds(60)) {
                    try trace.open()
                    return try await home.event(of: "work").status.isEnd
                }

                let event = try await home.event(of: "work")
                #expect(event.status == .completed)
                #expect(event.completedOperations == 40)
                #expect(event.failedOperations == 0 && event.cancelledOperations == 0)
                #expect(event.retriedOperations == 2)
                let expected = Dictionary(uniqueKeysWithValues: (0..<40).map { ($0, 1) })
                    .merging(interrupted.map { ($0.operation, 2) }) { $1 }
                #expect(trace.runs == expected)
                try await eventually("watch shows the end") {
                    watch.outputText.contains("work: 40 completed")
                }
                watch.signal(SIGINT)
                #expect(try await watch.end() == .exited(130))
            }
        }

        @Test func aKilledCoordinatorIsLostAndFoundAgain() async throws {
            try await withCoordinator { home, coordinator in
                let trace = Trace(in: home.work)
                _ = try home.worker(slots: 2, name: "one")
                _ = try home.worker(slots: 2, name: "two")
                let watchAll = try home.start("watch")
                try await submitUpToTheGate(home, trace)
                let watchOne = try home.start("watch", "work")
                try await eventually("watch shows the batch") {
                    watchOne.outputText.contains("work: 20 of 40")
                }

                try await coordinator.destroy()
                for watch in [watchAll, watchOne] {
                    try await eventually("watch says that it lost it") {
                        watch.outputText.contains("coordinator lost")
                    }
                }
                _ = try await home.coordinator()
                for watch in [watchAll, watchOne] {
                    try await eventually("watch says that it found it") {
                        watch.outputText.contains("coordinator found again after")
                    }
                }
                try trace.open()

                #expect(try await watchOne.end() == .exited(0))
                #expect(watchOne.outputText.contains("work: 40 completed"))
                try await eventually("the other one shows it too") {
                    watchAll.outputText.contains("work: 40 completed")
                }
                let event = try await home.event(of: "work")
                #expect(event.completedOperations == 40 && event.status == .completed)
                #expect(event.retriedOperations == 0)
                #expect(trace.runs == Dictionary(uniqueKeysWithValues: (0..<40).map { ($0, 1) }))
            }
        }

        /// As when its machine sleeps: what workers said meanwhile is still to be heard.
        @Test func aStoppedCoordinatorTakesNobodyForLost() async throws {
            try await withCoordinator { home, coordinator in
                let trace = Trace(in: home.work)
                _ = try home.worker(slots: 4, name: "one")
                try await submitUpToTheGate(home, trace)

                coordinator.signal(SIGSTOP)
                try await Task.sleep(for: .seconds(6))  // longer than a lease
                coordinator.signal(SIGCONT)
                try await eventually("it says so") { coordinator.errorText.contains("was stopped") }
                try trace.open()

                let event = try await home.end(of: "work")
                #expect(event.completedOperations == 40 && event.retriedOperations == 0)
                #expect(trace.runs == Dictionary(uniqueKeysWithValues: (0..<40).map { ($0, 1) }))
            }
        }

        @Test func killsOfTheCoordinatorInFullFlowRunNothingTwice() async throws {
            try await withHome { home in
                var coordinator = try await home.coordinator()
                let trace = Trace(in: home.work)
                _ = try home.worker(slots: 2, name: "one")
                _ = try home.worker(slots: 2, name: "two")
                try await home.submit("flow", try (0..<400).map { _ in try Line.quick() })
                for count in [50, 150, 250] {
                    try await eventually("\(count) have ended") { trace.ended.count >= count }
                    try await coordinator.destroy()
                    coordinator = try await home.coordinator()
                }
                let event = try await home.end(of: "flow")
                #expect(event.completedOperations == 400 && event.status == .completed)
                #expect(trace.runs == Dictionary(uniqueKeysWithValues: (0..<400).map { ($0, 1) }))
            }
        }
    }
}

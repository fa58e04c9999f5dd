import BatchProgress
import Glibc
import ProcessTesting
import Testing

extension Processes {
    /// A coordinator that is started by hand, where the one that a `tally run` started is still there.
    @Suite struct Succession {
        private static let gated = "while [ ! -e go ]; do sleep 0.02; done; echo {}"

        @Test func itGoesOnWithARunThatIsUnderWay() async throws {
            try await withHome { home in
                let run = try home.start("run", Self.gated, ":::", "x")
                try await eventually("it runs") { !home.commands.isEmpty }
                let own = try #require(home.coordinators.first)
                let coordinator = try await home.coordinator()
                #expect(
                    coordinator.errorText.contains("took the place of the one that was started on demand"))
                #expect(home.coordinators == [coordinator.pid] && own != coordinator.pid)
                try Files.write([], to: "\(home.work)/go")
                #expect(try await run.end() == .exited(0), "\(run.errorText)")
                #expect(run.outputText == "x\n")
            }
        }

        @Test func itGoesOnWithWhatWasSubmitted() async throws {
            try await withHome { home in
                #expect(try await home.run("run", "true", ":::", "x").ending == .exited(0))
                try await home.submit("b", [Line.noOp])
                _ = try await home.coordinator()
                _ = try home.worker(slots: 1)
                #expect(try await home.end(of: "b").status == .completed)
            }
        }

        /// It couldn't find its coordinator any more.
        @Test func elsewhereItWaitsForTheRunsEnd() async throws {
            try await withHome { home in
                let elsewhere = "ipc://\(home.path)/elsewhere/control"
                mkdir("\(home.path)/elsewhere", 0o700)
                let run = try home.start("run", Self.gated, ":::", "x")
                try await eventually("it runs") { !home.commands.isEmpty }
                let own = try #require(home.coordinators.first)
                let coordinator = try home.start("coordinator", "--bind", elsewhere)
                try await eventually("it waits") {
                    coordinator.errorText.contains("waiting for the one that was started on demand to leave")
                }
                try Files.write([], to: "\(home.work)/go")
                #expect(try await run.end() == .exited(0), "\(run.errorText)")
                #expect(home.coordinators.contains(own))
                try await eventually("it listens") { coordinator.errorText.contains("listening") }
                #expect(home.coordinators == [coordinator.pid])
            }
        }

        /// Nobody's place but of the one that the mark names.
        @Test(arguments: ["", "1\nipc:///nowhere/control\n"])
        func aMarkOfAnotherEndsNobody(mark: String) async throws {
            try await withCoordinator { home, coordinator in
                try Files.write(bytes(mark), to: "\(home.state)/on-demand")
                let second = try await home.run("coordinator")
                #expect(second.ending == .exited(1) && second.error.contains("is in use by process"))
                #expect(coordinator.isRunning)
            }
        }

        /// With a store that it can't go on with it leaves the one that can.
        @Test func oneThatIsTooOldEndsNobody() async throws {
            try await withHome { home in
                let run = try home.start("run", Self.gated, ":::", "x")
                try await eventually("it runs") { !home.commands.isEmpty }
                let own = try #require(home.coordinators.first)
                let newer = try await home.bash(
                    "sqlite3 -cmd '.timeout 5000' '\(home.state)/coordinator.sqlite' 'PRAGMA user_version = 1000'",
                    in: home.work)
                try #require(newer.ending == .exited(0), "\(newer.error)")
                let refused = try await home.run("coordinator")
                #expect(refused.ending == .exited(1), "\(refused.error)")
                #expect(home.coordinators == [own])
                try Files.write([], to: "\(home.work)/go")
                #expect(try await run.end() == .exited(0), "\(run.errorText)")
            }
        }

        /// Each command is gone again after a moment: they count, though none is there when it is looked.
        @Test func oneThatIsAskedNowAndThenStays() async throws {
            try await withHome { home in
                #expect(try await home.run("run", "true", ":::", "x").ending == .exited(0))
                let own = try #require(home.coordinators.first)
                let end = ContinuousClock.now + .seconds(14)
                while ContinuousClock.now < end {
                    try await Task.sleep(for: .seconds(2))
                    #expect(try await home.run("list").ending == .exited(0))
                }
                #expect(home.coordinators == [own])
            }
        }

        @Test func upTakesItToo() async throws {
            try await withHome { home in
                #expect(try await home.run("run", "true", ":::", "x").ending == .exited(0))
                let own = try #require(home.coordinators.first)
                let up = try home.start("up", "--slots", "1")
                try await eventually("its own listens") { up.errorText.contains("took the place of") }
                #expect(!home.coordinators.contains(own))
                up.signal(SIGTERM)
                #expect(try await up.end() == .exited(0))
            }
        }

        @Test func upFailsWhereACoordinatorStays() async throws {
            try await withCoordinator { home, _ in
                let up = try await home.run("up", "--slots", "1")
                #expect(up.ending == .exited(1) && up.error.contains("is in use by process"))
            }
        }
    }
}

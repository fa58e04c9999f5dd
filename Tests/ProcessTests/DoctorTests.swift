import BatchClient
import Glibc
import ProcessTesting
import Testing

extension Processes {
    /// The doctor on real machines; what it makes of what it finds is in DiagnosisTests.
    @Suite struct Doctor {
        @Test func whereNothingIsYetNothingIsWrongAndNothingIsMade() async throws {
            try await withHome { home in
                rmdir(home.state)
                let doctor = try await home.run("doctor")
                #expect(doctor.ending == .exited(0), "\(doctor.output)")
                #expect(doctor.error.isEmpty)
                #expect(doctor.output.contains("· state folder \(home.state): not there yet"))
                #expect(doctor.output.contains("· no coordinator runs at \(home.address)"))
                #expect(!Files.exists(home.state))
            }
        }

        @Test func aCoordinatorAndWhatWaitsForAWorkerAreFound() async throws {
            try await withCoordinator { home, coordinator in
                try await home.submit("b", [#"{"type": "thumbnail"}"#])
                let worker = try home.worker(slots: 3)
                try await eventually("the worker is heard") {
                    try await home.run("workers").output.contains("command")
                }
                let doctor = try await home.run("doctor", environment: ["LC_ALL=C"])
                #expect(doctor.ending == .exited(1))
                #expect(doctor.output.contains("ok coordinator at \(home.address): tally "))
                #expect(doctor.output.contains(", in use by process \(coordinator.pid)\n"))
                #expect(doctor.output.contains("ok 1 worker, 0 of 3 slots in use\n"))
                #expect(
                    doctor.output.contains("!! batch b: no worker takes operations of type 'thumbnail'\n"))
                try await worker.destroy()
            }
        }

        @Test func aCoordinatorThatHangsIsFoundByTheStoreItHolds() async throws {
            try await withCoordinator { home, coordinator in
                coordinator.signal(SIGSTOP)
                let doctor = try await home.run("doctor")
                coordinator.signal(SIGCONT)
                #expect(doctor.ending == .exited(1))
                #expect(doctor.output.contains("but process \(coordinator.pid) has the store"))
            }
        }

        @Test(arguments: [
            (["TALLY_LOGG=debug"], "there is no setting TALLY_LOGG"),
            (["TALLY_COORDINATOR=nonsense"], "TALLY_COORDINATOR: 'nonsense' is no coordinator's address"),
            (["TALLY_COORDINATOR=tcp://127.0.0.1:1"], "no coordinator answers at tcp://127.0.0.1:1"),
        ])
        func whatIsSetWrongIsToldAmongTheRest(_ environment: [String], says: String) async throws {
            try await withHome { home in
                let doctor = try await home.run("doctor", environment: environment)
                #expect(doctor.ending == .exited(1))
                #expect(doctor.output.contains("✗ \(says)"), "\(doctor.output)")
                #expect(doctor.output.contains("state folder"))
            }
        }

        @Test func aStoreThatIsNoneIsLeftAsItIs() async throws {
            try await withHome { home in
                let path = "\(home.state)/coordinator.sqlite"
                let content = bytes("This is no database, but a text that is long enough to be looked at.")
                try Files.write(content, to: path)
                chmod(home.state, 0o777)
                let doctor = try await home.run("doctor")
                #expect(doctor.ending == .exited(1))
                #expect(doctor.output.contains("✗ '\(path)' is damaged, or no store of Tally's"))
                #expect(doctor.output.contains("    move it away to begin with an empty one\n"))
                #expect(doctor.output.contains("✗ state folder \(home.state): others may write to it\n"))
                #expect(Files.read(path) == content)
                #expect(
                    Set(Files.names(in: bytes(home.state)).map { String(decoding: $0, as: UTF8.self) })
                        == ["coordinator.sqlite"])
            }
        }
    }
}

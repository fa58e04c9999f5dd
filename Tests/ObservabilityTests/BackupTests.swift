import BatchClient
import Glibc
import ProcessTesting
import Testing

extension Observed {
    /// As docs/operations.md says, while operations end.
    @Suite struct Backups {
        private static let total = 400

        @Test func aCopyOfARunningStoreGoesOn() async throws {
            try await withHome { home in
                let coordinator = try await home.coordinator()
                let worker = try home.worker(slots: 4)
                try await home.submit("before", [String](repeating: #"{"type":"no-op"}"#, count: 50))
                let before = try await home.end(of: "before")
                let sleeper = #"{"type":"sleep","data":0.01}"#
                try await home.submit("b", [String](repeating: sleeper, count: Self.total))
                try await eventually("some have ended") {
                    try await home.event(of: "b").completedOperations > 50
                }

                let store = "\(home.state)/coordinator.sqlite"
                let copy = "\(home.path)/copy.sqlite"
                _ = try await home.call("/usr/bin/sqlite3", store, "VACUUM INTO '\(copy)'")
                let then = try await home.event(of: "b")
                #expect(
                    then.completedOperations < Self.total, "operations ended while it was made, and after")
                #expect(try await home.end(of: "b").completedOperations == Self.total)

                for process in [worker, coordinator] {
                    process.signal(SIGTERM)
                    try await process.end()
                }
                try Files.write(Files.read(copy), to: store)
                _ = try await home.coordinator()
                let restored = try await home.event(of: "b")
                #expect(restored.status == .processing)
                #expect(50..<Self.total ~= restored.completedOperations)
                _ = try home.worker(slots: 4, name: "v")
                let end = try await home.end(of: "b")
                #expect(end.status == .completed && end.completedOperations == Self.total)
                #expect(end.failedOperations == 0 && end.totalOperations == Self.total)
                let kept = try await home.event(of: "before")
                #expect(kept.status == .completed && kept.completedOperations == before.completedOperations)
            }
        }
    }
}

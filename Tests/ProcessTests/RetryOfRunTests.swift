import BatchClient
import Foundation
import ProcessTesting
import Testing

extension Processes {
    /// A retry of what `tally run` made: nobody but `tally run` brings workers for it.
    @Suite struct RetryOfRun {
        @Test func isGoneOnWithByResume() async throws {
            try await withHome { home in
                // It stays, so that batches are found.
                _ = try await home.coordinator()
                let failed = try await home.run("run", "test -e {}", ":::", "a", "b", "c")
                #expect(failed.ending == .exited(1))
                let list = try await home.run("list", "--json").output
                let id = try #require(list.firstMatch(of: /"batchId":"([^"]+)"/)?.1)
                for name in ["a", "b"] { try Files.write([], to: "\(home.work)/\(name)") }

                let retry = try await home.run("retry", String(id))
                #expect(retry.ending == .exited(0))
                let new = retry.output.filter { $0 != "\n" }
                #expect(try await home.detail(of: new).lane == new)
                // Workers of the fleet leave it alone; without anybody it comes to rest.
                _ = try home.worker(slots: 2)
                try await eventually("it is paused") { try await home.event(of: new).status == .paused }
                #expect(try await home.event(of: new).finishedOperations == 0)

                let resumed = try await home.run("run", "--resume", new)
                #expect(resumed.ending == .exited(1), "\(resumed.error)")
                let event = try await home.event(of: new)
                #expect(event.completedOperations == 2 && event.failedOperations == 1)
            }
        }
    }
}

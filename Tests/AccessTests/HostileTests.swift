import BatchClient
import ProcessTesting
import Testing

/// What strangers do to open ports, while others work.
@Suite struct HostileTests {
    /// Each answer within a second, on a machine that isn't too busy: the best of some rounds counts.
    @Test func othersAreServedMeanwhile() async throws {
        try await withKeys { keyed in
            let worker = try keyed.worker(as: "builder")
            let memory = ProcessTable.memory(of: keyed.coordinator.pid)
            let submitted = try await keyed.run(
                as: "ann", "submit", "--id", "b", "--type", "command", "sleep 0.0{}", ":::", "1", "2", "3",
                "4")
            #expect(submitted.ending == .exited(0), "\(submitted.error)")
            try await BatchConnection.open(to: keyed.address(as: "all")) { client in
                var slowest: [Duration] = []
                repeat {
                    slowest.append(
                        try await slowestAnswer(client) {
                            let done = try await keyed.python("hostile.py", as: nil)
                            #expect(done == ["4000 silent, 100 MB of rubbish"])
                        })
                } while (slowest.min() ?? .zero) > .seconds(1) * patience && slowest.count < 4
                #expect(try #require(slowest.min()) <= .seconds(1) * patience, "\(slowest)")
                let batch = try await client.enqueueBatch(
                    operations: (0..<200).map { _ in BatchOperation(type: "no-op") })
                for try await event in batch.events where event.status.isEnd {
                    #expect(event.completedOperations == 200)
                }
            }
            #expect(try await keyed.run(as: "eve", "wait", "b").ending == .exited(0))
            try await eventually("the memory is back") {
                ProcessTable.memory(of: keyed.coordinator.pid) < memory + memoryShare * 24 << 20
            }
            #expect(keyed.coordinator.isRunning && worker.isRunning)
        }
    }

    /// The longest that a client had to wait while `body` ran.
    private func slowestAnswer(
        _ client: BatchConnection, during body: () async throws -> Void
    ) async throws -> Duration {
        let asking = Task {
            var slowest = Duration.zero
            while !Task.isCancelled {
                let asked = ContinuousClock.now
                _ = try? await client.activeBatches()
                if !Task.isCancelled { slowest = max(slowest, ContinuousClock.now - asked) }
                try? await Task.sleep(for: .milliseconds(5))
            }
            return slowest
        }
        defer { asking.cancel() }
        try await body()
        asking.cancel()
        return await asking.value
    }
}

import BatchClient
import Glibc
import ProcessTesting
import Synchronization
import Testing

extension Processes {
    /// The library, against real processes.
    @Suite struct Client {
        /// Operations made one by one, as they are asked for; `passing` is called with each one's number.
        private struct Lazily: Sequence, IteratorProtocol {
            var made = 0
            let count: Int
            let passing: (Int) -> Void

            mutating func next() -> BatchOperation? {
                guard made < count else { return nil }
                passing(made)
                defer { made += 1 }
                return BatchOperation(type: "no-op", data: bytes("data of \(made)"))
            }
        }

        private final class Holder: Sendable {
            private let process: Mutex<TestProcess>

            init(_ process: TestProcess) { self.process = Mutex(process) }

            var current: TestProcess {
                get { process.withLock { $0 } }
                set { process.withLock { $0 = newValue } }
            }
        }

        @Test func anUploadSurvivesKillsOfTheCoordinatorAsOneBatch() async throws {
            try await withHome { home in
                let coordinator = Holder(try await home.coordinator())
                _ = try home.worker(slots: 2)
                var passed = 0
                let (kills, kill) = AsyncStream<Void>.makeStream()
                let restarts = Task {
                    for await _ in kills {
                        try await coordinator.current.end()
                        coordinator.current = try await home.coordinator()
                    }
                }
                try await BatchConnection.open(to: home.address) { client in
                    let operations = Lazily(count: 20_000) { number in
                        passed += 1
                        guard [5_500, 14_500].contains(number) else { return }
                        coordinator.current.signal(SIGKILL)
                        kill.yield()
                    }
                    let batch = try await client.enqueueBatch(
                        id: BatchID("upload"), label: "upload", operations: operations)
                    kill.finish()
                    try await restarts.value
                    var last: BatchProgressEvent?
                    for try await event in batch.events { last = event }
                    #expect(last?.status == .completed && last?.completedOperations == 20_000)
                    #expect(last?.failedOperations == 0 && last?.totalOperations == 20_000)
                    #expect(try await client.recentBatches().map(\.event.batchId.description) == ["upload"])
                }
                #expect(passed == 20_000)
            }
        }

        @Test func eventsBeginWithThePresentStateAndEndByThemselves() async throws {
            try await withCoordinator { home, _ in
                try await BatchConnection.open(to: home.address) { client in
                    let batch = try await client.enqueueBatch(
                        operations: (0..<30).map { _ in BatchOperation(type: "sleep", data: bytes("0.1")) })
                    var seen: [BatchProgressEvent] = []
                    for try await event in batch.events {
                        if seen.isEmpty {
                            #expect(event.status == .pending && event.totalOperations == 30)
                            _ = try home.worker(slots: 2)
                        }
                        seen.append(event)
                    }
                    #expect(seen.last?.status == .completed && seen.last?.completedOperations == 30)
                    #expect(seen.count >= 3)
                    #expect(seen.map(\.revision) == seen.map(\.revision).sorted())
                    #expect(seen.map(\.progress) == seen.map(\.progress).sorted())
                    // Of one that has ended there is the end alone.
                    var after: [BatchProgressEvent] = []
                    for try await event in batch.events { after.append(event) }
                    #expect(after.map(\.status) == [.completed])
                }
            }
        }

        @Test func whatCanNotBeSubmittedLeavesNothingBehind() async throws {
            try await withCoordinator { home, _ in
                try await BatchConnection.open(to: home.address) { client in
                    await #expect { try await client.enqueueBatch(operations: [BatchOperation]()) } throws: {
                        ($0 as? BatchClientError)?.code == .malformed
                    }
                    let nobody = try #require(BatchID("nobody"))
                    let large = BatchOperation(type: "no-op", data: [UInt8](repeating: 0, count: 10 << 20))
                    await #expect {
                        try await client.enqueueBatch(operations: [BatchOperation(type: "no-op"), large])
                    } throws: {
                        ($0 as? BatchClientError)?.code == .tooLarge
                    }
                    #expect(try await client.activeBatches().isEmpty)
                    await #expect { try await client.batch(nobody).cancel() } throws: {
                        ($0 as? BatchClientError)?.code == .unknownBatch
                    }
                }
            }
        }
    }
}

import BatchClient
import BatchWorker
import Foundation
import Synchronization

/// From the end of an operation in a worker to a subscriber's hands, through reports, the store's commit and
/// the event. A batch of one operation each, so that the limiter holds nothing back.
struct Latency {
    let tally: String
    let samples: Int

    /// Milliseconds, sorted.
    func run() async throws -> [Double] {
        let fleet = try Fleet(tally: tally, workers: 0)
        defer { fleet.stop() }
        let ended = Mutex<[BatchID: ContinuousClock.Instant]>([:])
        let address = CoordinatorAddress(fleet.address)
        let worker = Task {
            var worker = OperationWorker(connectingTo: address, slots: 1)
            worker.handle("timed") { _, context in
                try await Task.sleep(for: .milliseconds(5))
                ended.withLock { $0[context.batch] = .now }
            }
            try await worker.run()
        }
        defer { worker.cancel() }
        return try await BatchConnection.open(to: address, timeout: .seconds(20)) { client in
            var latencies: [Double] = []
            for _ in 0..<samples {
                let batch = try await client.enqueueBatch(operations: [BatchOperation(type: "timed")])
                for try await _ in batch.events {}
                let arrived = ContinuousClock.now
                guard let end = ended.withLock({ $0[batch.id] }) else { preconditionFailure("it ended") }
                latencies.append((arrived - end).inSeconds * 1000)
            }
            return latencies.sorted()
        }
    }
}

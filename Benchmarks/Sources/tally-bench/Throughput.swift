import BatchClient
import Foundation

/// No-op operations of 200 bytes, end to end: submitted, granted, run by two workers, reported, and durable at
/// each step, with each outcome to be asked for afterwards.
struct Throughput {
    let tally: String
    let operations: Int

    struct Result {
        var seconds: Double
        var operationsPerSecond: Double
        var coordinatorMicroseconds: Double
        var workerMicroseconds: Double
        var peakMemory: Double
    }

    func run() async throws -> Result {
        let fleet = try Fleet(tally: tally, workers: 2)
        defer { fleet.stop() }
        return try await BatchConnection.open(to: CoordinatorAddress(fleet.address), timeout: .seconds(20)) {
            client in
            while try await client.activeWorkers().count < 2 { try await Task.sleep(for: .milliseconds(20)) }
            let before = fleet.processorTime
            let started = ContinuousClock.now
            let data = [UInt8](repeating: UInt8(ascii: "x"), count: 200)
            let batch = try await client.enqueueBatch(
                operations: (0..<operations).lazy.map { _ in BatchOperation(type: "no-op", data: data) })
            try await end(of: batch)
            let seconds = (ContinuousClock.now - started).inSeconds
            let after = fleet.processorTime
            try await check(batch)
            return Result(
                seconds: seconds, operationsPerSecond: Double(operations) / seconds,
                coordinatorMicroseconds: (after.coordinator - before.coordinator) / Double(operations) * 1e6,
                workerMicroseconds: (after.workers - before.workers) / Double(operations) * 1e6,
                peakMemory: fleet.coordinatorPeakMemory)
        }
    }

    private func end(of batch: BatchHandle) async throws {
        for try await _ in batch.events {}
    }

    /// Each outcome is there: some are asked for.
    private func check(_ batch: BatchHandle) async throws {
        let event = try await batch.status().event
        precondition(event.completedOperations == operations, "\(event)")
        for number in [0, operations / 2, operations - 1] {
            let log = try await batch.log(of: number)
            precondition(log.state == "completed", "\(log)")
        }
    }
}

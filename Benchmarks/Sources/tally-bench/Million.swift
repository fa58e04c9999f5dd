import BatchClient
import Foundation

/// A million operations, and then another million: the coordinator's memory, and how well the time left was
/// estimated at half-way.
struct Million {
    let tally: String
    let operations: Int

    func run() async throws {
        let fleet = try Fleet(tally: tally, workers: 0)
        defer { fleet.stop() }
        let address = CoordinatorAddress(fleet.address)
        try await BatchConnection.open(to: address, timeout: .seconds(20)) { client in
            // The first is submitted as a whole before it is worked on; the second while it is.
            let first = try await batch(client) { try fleet.startWorkers(2) }
            let peak = fleet.coordinatorPeakMemory
            print("first million: \(first), coordinator's peak \(format(peak)) MB")
            let second = try await batch(client) {}
            let growth = fleet.coordinatorPeakMemory - peak
            print("second million: \(second), \(format(growth)) MB more")
            guard peak < 100, growth < 20 else { throw Failure("memory: \(peak) MB, then \(growth) MB more") }
        }
    }

    private func batch(_ client: BatchConnection, submitted: () throws -> Void) async throws -> String {
        let data = [UInt8](repeating: UInt8(ascii: "x"), count: 200)
        var random = SystemRandomNumberGenerator()
        let id = BatchID.random(using: &random)
        let began = ContinuousClock.now
        let follower = Task { await follow(client, id) }
        _ = try await client.enqueueBatch(
            id: id, operations: (0..<operations).lazy.map { _ in BatchOperation(type: "no-op", data: data) })
        let submission = (ContinuousClock.now - began).inSeconds
        try submitted()
        let estimates = await follower.value
        let seconds = (ContinuousClock.now - began).inSeconds
        return "submitted in \(format(submission)) s, ended after \(format(seconds)) s; \(estimates)"
    }

    /// The estimate made half-way, against what it took. The way begins when everything has been submitted:
    /// submitting takes its share of the machine, so before that the work isn't steady.
    private func follow(_ client: BatchConnection, _ id: BatchID) async -> String {
        var half: (at: ContinuousClock.Instant, estimate: Double)?
        var halfWay: Int?
        for await update in client.updates {
            guard case .event(let event) = update, event.batchId == id else { continue }
            if halfWay == nil, event.totalOperations == operations {
                halfWay = (event.finishedOperations + operations) / 2
            }
            if half == nil, let halfWay, event.finishedOperations >= halfWay,
                let estimate = event.estimatedSecondsRemaining
            {
                half = (.now, estimate)
            }
            if event.status.isEnd { break }
        }
        guard let half else { return "no estimate at half-way" }
        let truth = (ContinuousClock.now - half.at).inSeconds
        let error = String(format: "%+.0f%%", (half.estimate / truth - 1) * 100)
        return "half-way: estimated \(format(half.estimate)) s, it took \(format(truth)) s (\(error))"
    }
}

struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

func format(_ value: Double) -> String {
    String(format: value >= 100 ? "%.0f" : "%.1f", value)
}

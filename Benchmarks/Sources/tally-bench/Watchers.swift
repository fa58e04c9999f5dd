import BatchClient
import Foundation

/// A hundred batches that move, at their two events a second, before few who follow all of them and before many: what
/// an event costs the coordinator, what each further subscriber adds to it, and what a batch takes of its memory.
struct Watchers {
    private static let batches = 100
    private static let window: Duration = .seconds(10)
    let tally: String

    func run() async throws {
        let few = try await measure(1)
        print("\(Self.batches) batches, \(few.line)")
        let many = try await measure(20)
        print("\(Self.batches) batches, \(many.line)")
        let each = (many.microseconds - few.microseconds) / Double(many.watchers - few.watchers)
        print("coordinator's CPU for a further subscriber: \(format(each)) µs an event")
    }

    private struct Result {
        var watchers: Int
        var eventsPerSecond: Double
        /// Of the coordinator's processor, an event, and an operation that ended.
        var microseconds: Double
        var operationMicroseconds: Double
        /// Of a watcher's processor, an event.
        var watcherMicroseconds: Double
        /// KiB of the coordinator's memory a batch.
        var memory: Double

        var line: String {
            "\(watchers) × tally watch: \(format(eventsPerSecond)) events/s; CPU: coordinator "
                + "\(format(microseconds)) µs an event, or \(format(operationMicroseconds)) µs an operation that ended; "
                + "each watcher \(format(watcherMicroseconds)) µs an event; "
                + "coordinator's memory a batch \(format(memory)) KiB"
        }
    }

    private func measure(_ count: Int) async throws -> Result {
        let fleet = try Fleet(tally: tally, workers: 0)
        defer { fleet.stop() }
        return try await BatchConnection.open(to: CoordinatorAddress(fleet.address), timeout: .seconds(20)) {
            client in
            let watchers = try (0..<count).map { _ in try fleet.launch(["watch"]) }
            defer { watchers.forEach(fleet.end) }
            let empty = fleet.coordinatorMemory
            for number in 0..<Self.batches {
                // Some end between any two events.
                let naps = (0..<600).map { _ in BatchOperation(type: "sleep", data: 0.2) }
                _ = try await client.enqueueBatch(label: "naps \(number)", operations: naps)
            }
            try fleet.startWorkers(2, slots: Self.batches * 2)
            try await Task.sleep(for: .seconds(3))
            let before = try await Moment(client, fleet, watchers)
            let counting = Task {
                var events = 0
                for await update in client.updates {
                    if case .event = update { events += 1 }
                    if Task.isCancelled { break }
                }
                return events
            }
            try await Task.sleep(for: Self.window)
            counting.cancel()
            let after = try await Moment(client, fleet, watchers)
            let events = Double(await counting.value - Self.batches)
            return Result(
                watchers: count, eventsPerSecond: events / Self.window.inSeconds,
                microseconds: (after.coordinator - before.coordinator) * 1e6 / events,
                operationMicroseconds: (after.coordinator - before.coordinator) * 1e6
                    / Double(after.finished - before.finished),
                watcherMicroseconds: (after.watchers - before.watchers) * 1e6 / events / Double(count),
                memory: (fleet.coordinatorMemory - empty) * 1024 / Double(Self.batches))
        }
    }

    /// What has been used and done so far.
    private struct Moment {
        /// Processor seconds.
        var coordinator: Double
        var watchers: Double
        /// Operations of all batches.
        var finished: Int

        init(_ client: BatchConnection, _ fleet: Fleet, _ processes: [pid_t]) async throws {
            coordinator = fleet.processorTime.coordinator
            watchers = processes.map(fleet.processorTime(of:)).reduce(0, +)
            finished = try await client.activeBatches().map(\.event.finishedOperations).reduce(0, +)
        }
    }
}

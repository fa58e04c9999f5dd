import BatchEngine
import FoundationEssentials
import Testing

/// The engine, the workers' rules and the mirrors' rules against everything that can go wrong, many times.
///
/// `TALLY_SEEDS` says how many seeds (1,000); `TALLY_SEED` runs a single one alone.
@Suite struct SimulationTests {
    private static let everything = [
        "answer lost", "answer late", "beacon lost", "cancelled", "commit failed", "coordinator killed",
        "event doubled", "event late", "event lost", "granted again", "killed after a commit",
        "operation killed its worker", "operation stopped", "order doubled", "order late", "order lost",
        "paused",
        "recall sent", "report doubled", "report late", "report lost", "report refused", "request lost",
        "retried as a new batch", "retried what was lost", "retry copy taken up again", "snapshot asked for",
        "something done on an end",
        "start reported",
        "stop sent", "subscriber caught up", "subscriber lost the coordinator", "subscriber stopped",
        "unknown session", "worker drained", "worker found the coordinator", "worker killed",
        "worker lost the coordinator", "worker's message lost", "worker's message doubled",
    ]

    @Test func everySeedEndsWell() async throws {
        let environment = ProcessInfo.processInfo.environment
        let seeds: [UInt64]
        if let seed = environment["TALLY_SEED"].flatMap({ UInt64($0) }) {
            seeds = [seed]
        } else {
            seeds = (1...(environment["TALLY_SEEDS"].flatMap { UInt64($0) } ?? 1000)).map(\.self)
        }
        let occurrences = try await Simulation.run(seeds) { ModelStore() }
        for (what, count) in occurrences.counts.sorted(by: { $0.key < $1.key }) { print("\(count)\t\(what)") }
        guard seeds.count >= 1000 else { return }
        for what in Self.everything {
            #expect(occurrences.counts[what, default: 0] > 0, "never happened: \(what)")
        }
    }
}

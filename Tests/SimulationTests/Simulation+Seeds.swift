import Testing

extension Simulation {
    /// On two threads, since a machine that runs tests has at least two cores.
    static func run(
        _ seeds: [UInt64], store: @escaping @Sendable () throws -> any SimulatedStore
    ) async throws -> Occurrences {
        try await withThrowingTaskGroup(of: Occurrences.self) { group in
            for part in 0..<2 {
                group.addTask {
                    var occurrences = Occurrences()
                    for seed in seeds where seed % 2 == part {
                        let result = try Simulation(seed: seed, makeStore: store).run()
                        #expect(result.failures.isEmpty, "TALLY_SEED=\(seed): \(result.failures)")
                        occurrences.add(result.occurrences)
                    }
                    return occurrences
                }
            }
            return try await group.reduce(into: Occurrences()) { $0.add($1) }
        }
    }
}

import ProcessTesting
import Testing

/// The homes that rows share, for as long as the suite runs.
struct Worlds: Sendable {
    @TaskLocal static var current: Worlds?

    let user: Home
    let fleet: Home

    /// Begins before the suite's first test, and ends after its last.
    struct Shared: SuiteTrait, TestScoping {
        func provideScope(
            for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
        ) async throws {
            try await withHome { user in
                try await withCoordinator { fleet, _ in
                    _ = try fleet.worker(slots: 2)
                    try await Worlds.$current.withValue(Worlds(user: user, fleet: fleet)) {
                        try await function()
                    }
                }
            }
        }
    }
}

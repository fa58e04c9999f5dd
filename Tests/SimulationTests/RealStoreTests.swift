import Foundation
import Testing

@Suite struct RealStoreTests {
    /// Fifty of them on SQLite: what the model says of the store holds for the real one.
    @Test func seedsEndWellOnTheRealStore() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "tally-simulation-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try await Simulation.run(Array(1...50)) { try SQLiteStore(in: folder) }
    }
}

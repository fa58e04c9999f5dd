import BatchClient
import BatchProgress
import Glibc

/// The start of a coordinator by hand, where one that was started on demand may still be: as long as this lives, nobody
/// starts another.
package final class CoordinatorSuccession: Sendable {
    private static let patience: Duration = .seconds(10)

    private let start: FileLock
    /// The process that was ended, if there was one.
    package let predecessor: pid_t?

    /// Ends the user's own coordinator if it was started on demand: its successor goes on with its batches, as after
    /// a kill, and who is connected finds that one.
    ///
    /// - Parameters:
    ///   - address: where the successor will listen. At another than the user's own a `tally run` wouldn't find it.
    ///   - holder: which process has the user's own store, if any.
    /// - Throws: `CoordinatorInUse`; `FleetError` if nobody can be kept from starting another.
    package init(
        at address: CoordinatorAddress, in folder: StateFolder, holder: @Sendable () -> pid_t?
    ) async throws {
        start = try folder.lockStart()
        guard StateFolder.wasLeftByOnDemand, let process = holder() else {
            predecessor = nil
            return
        }
        let own = CoordinatorAddress("ipc://\(folder.runtimePath)/control")
        if address.description != own.description, try await Self.works(at: own) {
            throw CoordinatorInUse(process: process)
        }
        predecessor = process
        kill(process, SIGTERM)
        let deadline = ContinuousClock.now + Self.patience
        while holder() == process, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Whether a run has a worker there.
    private static func works(at own: CoordinatorAddress) async throws -> Bool {
        do {
            return try await BatchConnection.open(to: own, timeout: .seconds(2)) { client in
                try await client.activeWorkers().contains { $0.lane != nil }
            }
        } catch let error as BatchClientError where error.code == .noCoordinator {
            return false
        }
    }
}

/// A run that is under way needs the coordinator that was started on demand.
package struct CoordinatorInUse: Error, CustomStringConvertible {
    package let process: pid_t

    package var description: String {
        "a 'tally run' works with the coordinator that was started for it, process \(process): wait until it has "
            + "ended, or choose another store with --store"
    }
}

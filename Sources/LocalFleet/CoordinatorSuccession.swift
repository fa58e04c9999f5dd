import Glibc

/// The start of a coordinator by hand on the user's own store, where one that was started on demand may still be. As long
/// as this lives, nobody starts another.
package final class CoordinatorSuccession: Sendable {
    /// One that was started on demand leaves by itself ten seconds after its last client.
    private static let patience: Duration = .seconds(15)

    private let start: FileLock
    /// The process that was ended, if there was one.
    package let predecessor: pid_t?

    /// Ends a coordinator that was started on demand at the same address: its successor goes on with its batches, as
    /// after a kill, and who is connected finds that one. At another address nobody would: then it may leave by
    /// itself, and is waited for.
    ///
    /// - Parameters:
    ///   - address: where the successor will listen.
    ///   - holder: which process has the user's own store, if any.
    ///   - waiting: called with the process that is waited for.
    /// - Throws: `FleetError` if nobody can be kept from starting another; `CancellationError`.
    package init(
        at address: String, in folder: StateFolder, holder: () -> pid_t?, waiting: (pid_t) -> Void
    ) async throws {
        start = try await folder.lockStart()
        // Only together they tell: the mark stays when it leaves, and the holder may be anybody.
        guard let former = folder.onDemandMark, holder() == former.process else {
            predecessor = nil
            return
        }
        if former.address == address {
            kill(former.process, SIGTERM)
        } else {
            waiting(former.process)
        }
        let deadline = ContinuousClock.now + Self.patience
        while holder() == former.process, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(10))
        }
        predecessor = former.process
    }
}

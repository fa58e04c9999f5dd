import Synchronization

/// A run that was asked for, and who waits for its result.
struct Submission: Sendable {
    /// Cancellation may come before the run has reached the loop: it leaves a mark here.
    final class Ticket: Sendable {
        let id: UInt64
        private let mark = Atomic(false)

        init(id: UInt64) {
            self.id = id
        }

        var isCancelled: Bool { mark.load(ordering: .acquiring) }

        func cancel() {
            mark.store(true, ordering: .releasing)
        }
    }

    let ticket: Ticket
    let command: Command
    let plan: SpawnPlan
    let continuation: CheckedContinuation<CommandResult, Never>

    func endWithoutStart(_ ending: CommandResult.Ending) {
        continuation.resume(returning: CommandResult(notStarted: ending))
    }
}

import Foundation
import Glibc
import Synchronization

/// A coordinator and a worker as children of ours, for development.
package final class Fleet: Sendable {
    private let processes: [pid_t]
    private let isStopping = Atomic(false)

    /// - Throws: `FleetError`.
    package init(executable: String, slots: Int, folder: StateFolder) throws(FleetError) {
        var processes: [pid_t] = []
        for arguments in [["coordinator"], ["worker", "--slots", "\(slots)"]] {
            processes.append(
                try ProcessLaunch(
                    executable: executable, arguments: arguments, detachment: .group,
                    standardInput: STDIN_FILENO, standardOutput: STDOUT_FILENO, standardError: STDERR_FILENO
                ).start())
        }
        self.processes = processes
    }

    /// The worker finishes what runs; the coordinator ends as well.
    package func stop() {
        isStopping.store(true, ordering: .relaxed)
        for process in processes { kill(process, SIGTERM) }
    }

    /// Returns when both have ended; if one ends, the other is stopped.
    ///
    /// - Returns: whether they were asked to.
    package func untilGone() async -> Bool {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var wereAsked = true
                for _ in self.processes {
                    var status: CInt = 0
                    while waitpid(-1, &status, 0) < 0, errno == EINTR {}
                    wereAsked = wereAsked && self.isStopping.load(ordering: .relaxed)
                    self.stop()
                }
                continuation.resume(returning: wereAsked)
            }
        }
    }
}

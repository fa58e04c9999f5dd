import Foundation
import Glibc
import Synchronization

/// A coordinator, a worker and gateways as children of ours, for development.
package final class Fleet: Sendable {
    private struct State {
        /// Those that have not ended.
        var processes: Set<pid_t> = []
        var gateways: Set<pid_t> = []
        var isStopping = false
    }

    private let executable: String
    private let state: Mutex<State>

    /// - Throws: `FleetError`.
    package init(executable: String, slots: Int) throws(FleetError) {
        self.executable = executable
        let coordinator = try Self.start(executable, ["coordinator"])
        let worker = try Self.start(executable, ["worker", "--allow-commands", "--slots", "\(slots)"])
        state = Mutex(State(processes: [coordinator, worker]))
    }

    /// To be called when the coordinator answers. The others don't depend on it: where it can't listen it says so,
    /// and ends.
    ///
    /// - Parameter command: of ours, such as `mcp`.
    package func startGateway(_ command: String) throws(FleetError) {
        guard !state.withLock({ $0.isStopping || $0.processes.isEmpty }) else { return }
        let gateway = try Self.start(executable, [command])
        state.withLock { state in
            state.processes.insert(gateway)
            state.gateways.insert(gateway)
            if state.isStopping { kill(gateway, SIGTERM) }
        }
    }

    private static func start(_ executable: String, _ arguments: [String]) throws(FleetError) -> pid_t {
        try ProcessLaunch(
            executable: executable, arguments: arguments, detachment: .group, standardInput: STDIN_FILENO,
            standardOutput: STDOUT_FILENO, standardError: STDERR_FILENO
        ).start()
    }

    /// The worker finishes what runs; the others end as well.
    package func stop() {
        state.withLock { state in
            state.isStopping = true
            for process in state.processes { kill(process, SIGTERM) }
        }
    }

    /// Returns when all have ended; if the coordinator or the worker ends, the others are stopped.
    ///
    /// - Returns: whether they were asked to.
    package func untilGone() async -> Bool {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var wereAsked = true
                while let ended = Self.awaitEnd() {
                    let isGateway = self.state.withLock { state in
                        state.processes.remove(ended)
                        wereAsked = wereAsked && (state.isStopping || state.gateways.contains(ended))
                        return state.gateways.contains(ended)
                    }
                    if !isGateway { self.stop() }
                }
                continuation.resume(returning: wereAsked)
            }
        }
    }

    /// Nil: there are no children any more.
    private static func awaitEnd() -> pid_t? {
        var status: CInt = 0
        while true {
            let ended = waitpid(-1, &status, 0)
            if ended > 0 { return ended }
            guard errno == EINTR else { return nil }
        }
    }
}

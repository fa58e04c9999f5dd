import BatchProgress
import Glibc
import Synchronization

/// A worker process that works for one batch alone, and not longer than we live.
package final class LocalWorker: Sendable {
    package let pid: pid_t
    /// What it relays of its operations' output: see `OutputRelay`.
    package let relay: CInt
    /// As long as this is open the worker knows that we live.
    private let lifeline: Mutex<CInt?>

    /// - Parameters:
    ///   - executable: the path of this program.
    ///   - slots: how many operations it runs at once.
    ///   - options: more of the worker's arguments.
    package init(
        executable: String, address: CoordinatorAddress, lane: String, slots: Int, options: [String],
        folder: StateFolder
    ) throws(FleetError) {
        let log = try LogFile(folder.logPath(of: "worker"))
        let (lifelineEnd, lifeline) = try Self.pipe()
        let (relay, relayEnd) = try Self.pipe()
        defer {
            close(lifelineEnd)
            close(relayEnd)
        }
        self.lifeline = Mutex(lifeline)
        self.relay = relay
        pid = try ProcessLaunch(
            executable: executable,
            arguments: [
                "worker", "--allow-commands", "--coordinator", address.description, "--slots", "\(slots)",
                "--lane", lane, "--relay",
            ] + options,
            // Without a terminal a command that asks for a password fails, and isn't stopped for ever.
            detachment: .session, standardInput: lifelineEnd, standardOutput: relayEnd,
            standardError: log.descriptor
        ).start()
    }

    /// Says something to it; see `RelayOrder`. A worker that has ended doesn't hear it.
    package func tell(_ order: UInt8) {
        lifeline.withLock { lifeline in
            guard let lifeline else { return }
            while withUnsafeBytes(of: order, { write(lifeline, $0.baseAddress, 1) }) < 0, errno == EINTR {}
        }
    }

    /// Waits for its end, which takes one of the caller's threads.
    ///
    /// - Returns: its exit code; nil: a signal ended it.
    package func wait() -> Int32? {
        var status: CInt = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        cut()
        return status & 0x7F == 0 ? status >> 8 & 0xFF : nil
    }

    /// Ends the worker and all that it runs, at once.
    package func cut() {
        if let end = lifeline.withLock({ $0.take() }) { close(end) }
    }

    private static func pipe() throws(FleetError) -> (read: CInt, write: CInt) {
        var ends: [CInt] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else {
            throw FleetError("no pipe can be made: \(String(cString: strerror(errno)))")
        }
        // Another worker that held these would keep this one from noticing our end.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}

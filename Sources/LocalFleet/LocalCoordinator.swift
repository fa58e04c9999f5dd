import BatchClient
import BatchProgress
import Glibc

/// The user's own coordinator: found, or started by the first who needs it.
package enum LocalCoordinator {
    /// Makes sure that one answers at the user's own address.
    ///
    /// - Parameter executable: the path of this program.
    /// - Throws: `FleetError` with the end of its log if it doesn't come up; `StateFolderError` if it can't.
    package static func ensure(executable: String, folder: StateFolder) async throws -> CoordinatorAddress {
        try folder.checkSocketPath()
        let address = CoordinatorAddress("ipc://\(folder.runtimePath)/control")
        if await answers(address, folder: folder, within: .milliseconds(500)) { return address }
        // Whoever waited here finds the other's coordinator.
        let lock = try await folder.lockStart()
        defer { withExtendedLifetime(lock) {} }
        if await answers(address, folder: folder, within: .milliseconds(50)) { return address }
        // One that is just leaving holds the store for a moment longer: another try finds it gone.
        for _ in 0..<5 {
            let pid = try start(executable, folder)
            if await comesUp(pid, address, folder) { return address }
        }
        throw FleetError(
            "the coordinator doesn't come up; its log, \(folder.logPath(of: "coordinator")), ends:\n"
                + lastLines(of: folder.logPath(of: "coordinator")))
    }

    private static func answers(
        _ address: CoordinatorAddress, folder: StateFolder, within limit: Duration
    ) async -> Bool {
        guard access("\(folder.runtimePath)/control", F_OK) == 0 else { return false }
        return (try? await BatchConnection.open(to: address, timeout: limit) { _ in }) != nil
    }

    private static func start(_ executable: String, _ folder: StateFolder) throws(FleetError) -> pid_t {
        let log = try LogFile(folder.logPath(of: "coordinator"))
        return try ProcessLaunch(
            executable: executable, arguments: ["coordinator", "--on-demand"], detachment: .session,
            standardInput: log.nothing, standardOutput: log.descriptor, standardError: log.descriptor
        ).start()
    }

    /// False as soon as the process has ended, or when ten seconds are over.
    private static func comesUp(_ pid: pid_t, _ address: CoordinatorAddress, _ folder: StateFolder) async
        -> Bool
    {
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            if await answers(address, folder: folder, within: .milliseconds(200)) { return true }
            var status: CInt = 0
            if waitpid(pid, &status, WNOHANG) == pid { return false }
            try? await Task.sleep(for: .milliseconds(3))
        }
        return false
    }

    private static func lastLines(of path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "(no log)" }
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        var buffer = [UInt8](repeating: 0, count: Int(min(size, 2000)))
        let count = pread(descriptor, &buffer, buffer.count, max(0, size - 2000))
        let lines = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).split(separator: "\n")
        return lines.suffix(5).joined(separator: "\n")
    }
}

/// Where a process without a terminal writes, and an empty input for it.
final class LogFile {
    let descriptor: CInt
    let nothing: CInt

    /// Appends to the file, and begins it anew once it is larger than a megabyte.
    init(_ path: String) throws(FleetError) {
        var status = stat()
        let isLarge = stat(path, &status) == 0 && status.st_size > 1 << 20
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (isLarge ? O_TRUNC : 0)
        descriptor = open(path, flags, 0o600)
        nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0, nothing >= 0 else {
            throw FleetError("\(path) can't be written: \(String(cString: strerror(errno)))")
        }
    }

    deinit {
        close(descriptor)
        close(nothing)
    }
}

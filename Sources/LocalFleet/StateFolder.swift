import BatchProgress
import Glibc

/// The user's folders: one for what survives, one for sockets. For the user alone.
package struct StateFolder: Sendable {
    package let path: String
    package let runtimePath: String

    /// Makes them if they aren't there.
    ///
    /// - Throws: `StateFolderError` that names the folder.
    package init() throws(StateFolderError) {
        path = CoordinatorAddress.stateFolder
        runtimePath = CoordinatorAddress.runtimeFolder
        try Self.makeFolder(path)
        try Self.makeFolder(runtimePath)
    }

    /// Whether the coordinator that was here last was started on demand, and so may be started again for whoever
    /// asks. One that was started by hand is looked after by whoever did.
    package static var wasLeftByOnDemand: Bool {
        OnDemandMark.isThere(in: CoordinatorAddress.stateFolder)
    }

    /// Whether there was one that was started by hand.
    package static var wasLeftByHand: Bool {
        let folder = CoordinatorAddress.stateFolder
        return !wasLeftByOnDemand && access(storePath(in: folder), F_OK) == 0
    }

    /// Of the coordinator that was here last, if that was started on demand.
    package var onDemandMark: OnDemandMark? { OnDemandMark(in: path) }

    /// To be called before one that is started on demand answers, and when another has begun.
    ///
    /// - Parameter mark: nil: it was started by hand.
    package func note(_ mark: OnDemandMark?) {
        if let mark { mark.write(in: path) } else { OnDemandMark.remove(in: path) }
    }

    package var storePath: String { Self.storePath(in: path) }
    private static func storePath(in folder: String) -> String { "\(folder)/coordinator.sqlite" }
    package func logPath(of process: String) -> String { "\(path)/\(process).log" }

    /// Held while a coordinator is looked for and started, so that two who need one start one.
    func lockStart() async throws -> FileLock {
        try await FileLock("\(path)/start.lock")
    }

    /// To be called before anything listens here, or waits for who does.
    ///
    /// - Throws: what is wrong with the sockets' path, and what to do.
    package func checkSocketPath() throws(StateFolderError) {
        guard let fault = SocketPath(in: runtimePath).fault else { return }
        throw StateFolderError("\(fault): \(SocketPath.remedy)")
    }

    /// With all its parents; refuses one that others could write to.
    package static func makeFolder(_ path: String) throws(StateFolderError) {
        var parts = path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        let last = parts.popLast() ?? ""
        var folder = path.hasPrefix("/") ? "" : "."
        for part in parts {
            folder += "/\(part)"
            mkdir(folder, 0o755)
        }
        folder += "/\(last)"
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw StateFolderError(
                "the folder \(path) can't be made: \(String(cString: strerror(errno))); set TALLY_STATE to another place"
            )
        }
        var status = stat()
        guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw StateFolderError("\(path) is no folder; set TALLY_STATE to another place")
        }
        guard status.st_uid == geteuid() else {
            throw StateFolderError(
                "the folder \(path) belongs to another user: set TALLY_STATE to another place")
        }
        guard status.st_mode & 0o022 == 0 else {
            throw StateFolderError("others may write to the folder \(path): chmod 700 it, or set TALLY_STATE")
        }
    }
}

/// What is wrong with the place that was set for what survives.
package struct StateFolderError: Error, Hashable, CustomStringConvertible {
    package var description: String

    init(_ description: String) {
        self.description = description
    }
}

/// An exclusive lock on a file, until it is released or the process ends.
final class FileLock: Sendable {
    private let descriptor: CInt

    /// Waits until nobody else holds it.
    ///
    /// - Throws: `FleetError` if the file can't be written; `CancellationError`.
    init(_ path: String) async throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw FleetError("\(path) can't be written: \(String(cString: strerror(errno)))")
        }
        // Not in the system call: that would take a thread from all other tasks.
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK || errno == EINTR {
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    deinit { close(descriptor) }
}

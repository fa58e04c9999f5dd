import Foundation
import Glibc

/// Starts a process of this program's own: a coordinator, a worker.
struct ProcessLaunch {
    enum Detachment {
        /// In a session of its own, so that it outlives us and our terminal.
        case session
        /// In a process group of its own, so that Ctrl-C in our terminal is ours to deal with.
        case group
    }

    var executable: String
    var arguments: [String]
    var detachment: Detachment
    /// Descriptors of ours that become its standard input, output and error.
    var standardInput: CInt
    var standardOutput: CInt
    var standardError: CInt

    /// - Returns: the process id.
    func start() throws(FleetError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in [(0, standardInput), (1, standardOutput), (2, standardError)] {
            posix_spawn_file_actions_adddup2(&actions, source, CInt(target))
        }
        Self.keepDescriptorsToOurselves()
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        prepare(&attributes)
        let words = ([executable] + arguments).map { strdup($0) }
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, executable, &actions, &attributes, words + [nil], environ)
        guard code == 0 else {
            throw FleetError("\(executable) can't be started: \(String(cString: strerror(code)))")
        }
        return pid
    }

    /// What outlives us must not hold a lock or a pipe of whoever started us.
    private static func keepDescriptorsToOurselves() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for descriptor in names.compactMap({ CInt($0) }) where descriptor > STDERR_FILENO {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
    }

    /// Signals that we block or ignore are not to be blocked or ignored there.
    private func prepare(_ attributes: inout posix_spawnattr_t) {
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigemptyset(&all)
        for signal in [SIGINT, SIGTERM, SIGPIPE, SIGHUP, SIGQUIT] { sigaddset(&all, signal) }
        posix_spawnattr_setsigdefault(&attributes, &all)
        // POSIX_SPAWN_SETSID of glibc's spawn.h, which Swift's Glibc module leaves out.
        let newSession: CInt = 0x80
        var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        switch detachment {
        case .session: flags |= newSession
        case .group: flags |= POSIX_SPAWN_SETPGROUP
        }
        posix_spawnattr_setflags(&attributes, Int16(flags))
    }
}

/// Why a process of ours could not be started, and what to do.
package struct FleetError: Error, Hashable, CustomStringConvertible {
    package var description: String

    init(_ description: String) {
        self.description = description
    }
}

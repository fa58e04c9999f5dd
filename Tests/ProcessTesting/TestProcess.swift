import Glibc
import Synchronization

/// A real process, with its output in files.
package final class TestProcess: Sendable {
    package enum Ending: Hashable, Sendable {
        case exited(Int32)
        case signalled(Int32)
    }

    package let pid: pid_t
    package let name: String
    private let outputPath: String
    private let errorPath: String
    private let ended = Mutex<Ending?>(nil)

    package struct Launch {
        var executable: String
        var arguments: [[UInt8]]
        var environment: [String]
        var folder: [UInt8]
        /// Files, or a terminal, that are its standard input, output and error.
        var input = "/dev/null"
        var output: String
        var error: String

        /// - Parameter outputs: where its outputs go: this path with `.out` and `.err`.
        package init(
            executable: String, arguments: [[UInt8]], environment: [String], folder: [UInt8], outputs: String
        ) {
            self.executable = executable
            self.arguments = arguments
            self.environment = environment
            self.folder = folder
            output = outputs + ".out"
            error = outputs + ".err"
        }
    }

    package init(_ launch: Launch) throws {
        /// What went to a terminal can't be read again.
        func readable(_ path: String) -> String { path.hasPrefix("/dev/") ? "/dev/null" : path }
        name = launch.arguments.first.map { String(decoding: $0, as: UTF8.self) } ?? launch.executable
        outputPath = readable(launch.output)
        errorPath = readable(launch.error)
        pid = try launch.start()
    }

    package var output: [UInt8] { Files.read(outputPath) }
    package var outputText: String { Files.text(outputPath) }
    package var errorText: String { Files.text(errorPath) }

    package func signal(_ number: Int32) {
        // A process that was reaped may have left its number to another.
        ended.withLock { ended in
            if ended == nil { kill(pid, number) }
        }
    }

    /// How it ended; nil while it runs.
    package var ending: Ending? {
        ended.withLock { ended in
            if let ended { return ended }
            var status: Int32 = 0
            guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
            let signal = status & 0x7f
            ended = signal == 0 ? .exited(status >> 8 & 0xff) : .signalled(signal)
            return ended
        }
    }

    /// Waits for its end.
    @discardableResult
    package func end(within limit: Duration = .seconds(45)) async throws -> Ending {
        try await eventuallyValue("the end of '\(name)'", within: limit) { ending }
    }

    /// SIGKILL, and waits until it is gone.
    package func destroy() async throws {
        signal(SIGKILL)
        try await end()
    }

    package var isRunning: Bool { ending == nil }
}

extension TestProcess.Launch {
    fileprivate func start() throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let writing = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, writing, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, error, writing, 0o600)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        // A group of its own, so that a signal for one is for that one alone.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        // Swift's Glibc module leaves out what would change the folder, so env(1) does it on its way.
        let through = [bytes("env"), bytes("-C"), folder, bytes(executable)]
        let words = (through + arguments).map { strdup(($0 + [0]).map(CChar.init(bitPattern:))) }
        let variables = environment.map { strdup($0) }
        defer { for word in words + variables { free(word) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, "/usr/bin/env", &actions, &attributes, words + [nil], variables + [nil])
        guard code == 0 else {
            errno = code
            throw SystemError("start \(executable)")
        }
        return pid
    }
}

import BatchClient
import Foundation
import Synchronization
import Testing

/// A fresh folder in which a reader of the documentation does what it says: a home, a state folder, a folder
/// to work in, and `tally` on the PATH.
final class Sandbox: Sendable {
    /// Short, since a socket's path has at most 107 bytes.
    let path: String
    private let count = Mutex(0)

    /// Nothing that was started in it, by whomever, is left when this returns.
    static func with(_ body: (Sandbox) async throws -> Void) async throws {
        let sandbox = try Sandbox()
        defer { sandbox.clear() }
        try await body(sandbox)
    }

    private init() throws {
        path = "/tmp/td-\(UInt32.random(in: 0 ... .max))"
        for folder in ["", "/state", "/work"] {
            try FileManager.default.createDirectory(
                atPath: path + folder, withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700])
        }
    }

    var work: String { path + "/work" }
    var runtime: String { path + "/state/run" }
    var address: CoordinatorAddress { CoordinatorAddress("ipc://\(runtime)/control") }

    /// The folder with the programs that were built beside the tests.
    static let programs = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().path

    /// A Python that has ZeroMQ.
    static func python() throws -> String {
        guard let python = ProcessInfo.processInfo.environment["TALLY_TEST_PYTHON"] else {
            throw Failure("TALLY_TEST_PYTHON names no Python with pyzmq: run scripts/test, which makes one")
        }
        return python
    }

    /// - Parameter words: a program, looked for on the PATH, and its arguments.
    func start(_ words: String...) throws -> RunningProcess {
        try start(words)
    }

    func start(_ words: [String]) throws -> RunningProcess {
        let number = count.withLock { count in
            count += 1
            return count
        }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.currentDirectoryURL = URL(filePath: work)
        process.environment = [
            "HOME": path, "TALLY_STATE": path + "/state", "LC_ALL": "C.UTF-8", "TMPDIR": path,
            "PATH": "\(Self.programs):/usr/local/bin:/usr/bin:/bin",
        ]
        return try RunningProcess(process, words: words, outputs: "\(path)/\(number)")
    }

    /// Runs a program to its end, which has to be a good one, and returns what it printed.
    @discardableResult
    func run(_ words: String..., within limit: Duration = .seconds(60)) async throws -> String {
        let process = try start(words)
        let status = try await process.end(within: limit)
        guard status == 0 else { throw Failure("\(process) ended with \(status)") }
        return process.output
    }

    /// A coordinator that listens.
    func coordinator(_ arguments: String...) async throws -> RunningProcess {
        let process = try start(["tally", "coordinator"] + arguments)
        try await eventually("the coordinator listens") {
            guard process.isRunning else { throw Failure("\(process)and ended") }
            return process.error.contains("listening")
        }
        return process
    }

    /// All that carries this sandbox's mark in its environment.
    var processes: [pid_t] {
        let mark = Array("TALLY_STATE=\(path)/state".utf8)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { pid in
            let environment = FileManager.default.contents(atPath: "/proc/\(pid)/environ") ?? Data()
            return environment.split(separator: 0).contains { Array($0) == mark }
        }
    }

    private func clear() {
        let deadline = ContinuousClock.now + .seconds(10)
        while case let left = processes, !left.isEmpty {
            for pid in left { kill(pid, SIGKILL) }
            guard ContinuousClock.now < deadline else {
                Issue.record("processes \(left) don't end")
                break
            }
            usleep(10_000)
        }
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// A program that was started, with its outputs in files.
final class RunningProcess: Sendable, CustomStringConvertible {
    private let words: [String]
    private let path: String
    private let process: Mutex<Process>

    /// - Parameter path: where its outputs go, with `.out` and `.err`.
    init(_ process: consuming sending Process, words: [String], outputs path: String) throws {
        self.words = words
        self.path = path
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try Self.makeFile(path + ".out")
        process.standardError = try Self.makeFile(path + ".err")
        try process.run()
        self.process = Mutex(process)
    }

    private static func makeFile(_ path: String) throws -> FileHandle {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw Failure("\(path) can't be written") }
        return file
    }

    /// For whoever looks for what went wrong.
    var description: String { "\(words) printed \(output)and said \(error)" }
    var output: String { read(".out") }
    var error: String { read(".err") }
    var isRunning: Bool { process.withLock { $0.isRunning } }

    private func read(_ suffix: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path + suffix) ?? Data(), as: UTF8.self)
    }

    func signal(_ number: Int32) {
        process.withLock { process in
            // A number that was given back may be another's.
            if process.isRunning { kill(process.processIdentifier, number) }
        }
    }

    /// Waits for its end.
    ///
    /// - Returns: its exit status, or the number of the signal that ended it.
    @discardableResult
    func end(within limit: Duration = .seconds(60)) async throws -> Int32 {
        try await eventually("\(self)ends", within: limit) { !isRunning }
        return process.withLock { $0.terminationStatus }
    }
}

/// How many times as long as otherwise is waited: programs with a sanitizer in them take their time.
private let patience = getenv("TALLY_TEST_PATIENCE").flatMap { Int(String(cString: $0)) } ?? 1

/// Waits until it is so.
func eventually(
    _ what: @autoclosure () -> String, within limit: Duration = .seconds(60), _ isSo: () async throws -> Bool
) async throws {
    let limit = limit * patience
    let deadline = ContinuousClock.now + limit
    while try await !isSo() {
        guard ContinuousClock.now < deadline else { throw Failure("\(what()): not within \(limit)") }
        try await Task.sleep(for: .milliseconds(10))
    }
}

struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

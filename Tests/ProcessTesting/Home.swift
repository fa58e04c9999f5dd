import BatchClient
import Foundation
import Glibc
import Synchronization
import Testing

/// A user's world for one test: a state folder of its own, and the processes that live in it.
package final class Home: Sendable {
    /// Short, since a socket's path has at most 107 bytes.
    package let path: String
    private let processes = Mutex<[TestProcess]>([])

    fileprivate init() throws {
        var template = Array("/tmp/tp-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("make a folder in /tmp") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for folder in ["state", "work", "log"] { mkdir("\(path)/\(folder)", 0o700) }
    }

    package var state: String { "\(path)/state" }
    /// Where its processes are, if nothing else is said.
    package var work: String { "\(path)/work" }
    package var address: CoordinatorAddress { CoordinatorAddress("ipc://\(state)/run/control") }
    /// Marks all that is started here, and what that starts.
    package var mark: String { "TALLY_STATE=\(state)" }

    /// The program under test, that was built beside the tests.
    package static let tally: String = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let tests = String(decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return tests.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            + "/tally"
    }()

    /// The folder with the program, before the usual ones.
    package static let searchPath = "PATH=\(tally.dropLast("/tally".count)):/usr/bin:/bin"

    // MARK: Processes

    package func start(
        _ arguments: String..., environment: [String] = [], in folder: String? = nil, input: String? = nil,
        under wrapper: [String] = []
    ) throws -> TestProcess {
        try start(
            raw: arguments.map { bytes($0) }, environment: environment, in: folder, input: input,
            under: wrapper
        )
    }

    /// - Parameters:
    ///   - input: what is on standard input; nil: nothing.
    ///   - wrapper: a command that is given the program's as its last arguments.
    package func start(
        raw arguments: [[UInt8]], environment: [String] = [], in folder: String? = nil, input: String? = nil,
        under wrapper: [String] = []
    ) throws -> TestProcess {
        try start(
            words: wrapper.map { bytes($0) } + [bytes(Home.tally)] + arguments, environment: environment,
            in: folder, input: input.map { bytes($0) })
    }

    /// Starts any program.
    ///
    /// - Parameters:
    ///   - words: its path, and its arguments.
    ///   - terminal: what it has for some of its streams.
    package func start(
        words: [[UInt8]], environment: [String] = [], in folder: String? = nil, input: [UInt8]? = nil,
        terminal: PseudoTerminal? = nil
    ) throws -> TestProcess {
        try processes.withLock { processes in
            let outputs = "\(path)/log/\(processes.count)"
            var launch = TestProcess.Launch(
                executable: String(decoding: words[0], as: UTF8.self), arguments: Array(words.dropFirst()),
                environment: variables(environment),
                folder: bytes(folder ?? work), outputs: outputs)
            if let input {
                launch.input = outputs + ".in"
                try Files.write(input, to: launch.input)
            }
            terminal?.take(its: &launch)
            let process = try TestProcess(launch)
            processes.append(process)
            return process
        }
    }

    /// What every process here is given, with these settings instead of those of the same name.
    private func variables(_ settings: [String]) -> [String] {
        func name(_ setting: String) -> Substring { setting.prefix { $0 != "=" } }
        let names = Set(settings.map(name))
        let usual = [
            mark, "PATH=/usr/bin:/bin", "HOME=\(path)", "LC_ALL=C.UTF-8", "TALLY_LOG_FORMAT=text",
        ]
        return usual.filter { !names.contains(name($0)) } + settings
    }

    /// Starts a command and waits for its end.
    package func run(
        _ arguments: String..., environment: [String] = [], in folder: String? = nil, input: String? = nil
    ) async throws -> Finished {
        try await run(raw: arguments.map { bytes($0) }, environment: environment, in: folder, input: input)
    }

    package func run(
        raw arguments: [[UInt8]], environment: [String] = [], in folder: String? = nil, input: String? = nil
    ) async throws -> Finished {
        let process = try start(raw: arguments, environment: environment, in: folder, input: input)
        return Finished(
            ending: try await process.end(), outputBytes: process.output, error: process.errorText)
    }

    /// Does a script for bash that finds `tally`, and ends at its first command that fails.
    package func bash(_ script: String, environment: [String] = [], in folder: String) async throws
        -> Finished
    {
        let process = try start(
            words: ["/bin/bash", "-euc", script].map { bytes($0) },
            environment: [Home.searchPath] + environment, in: folder)
        return Finished(
            ending: try await process.end(), outputBytes: process.output, error: process.errorText)
    }

    /// No file of the process may grow beyond that any more: as on a disk that is full. Not from its start, since the
    /// thread sanitizer keeps memory in files.
    package func limitFiles(of process: TestProcess, toBytes bytes: Int) async throws {
        let limit = try await bash("prlimit --pid \(process.pid) --fsize=\(bytes)", in: work)
        try #require(limit.ending == .exited(0), "\(limit.error)")
    }

    /// A coordinator that listens.
    package func coordinator(_ arguments: String..., under wrapper: [String] = []) async throws -> TestProcess
    {
        let process = try start(raw: (["coordinator"] + arguments).map { bytes($0) }, under: wrapper)
        try await eventually("the coordinator listens") {
            guard process.isRunning else { throw Overdue(process.errorText) }
            return process.errorText.contains("listening")
        }
        return process
    }

    package func worker(slots: Int, name: String = "w") throws -> TestProcess {
        try start("worker", "--allow-commands", "--slots", "\(slots)", "--name", name)
    }

    /// Processes of this home with all these settings in their environment.
    package func living(_ settings: String...) -> [pid_t] { ProcessTable.processes(with: settings + [mark]) }

    /// Commands of operations that run now.
    package var commands: [pid_t] {
        living().filter { pid in
            Files.read("/proc/\(pid)/environ").split(separator: 0).contains {
                $0.starts(with: bytes("TALLY_OPERATION="))
            }
        }
    }

    package var coordinators: [pid_t] {
        living().filter { ProcessTable.arguments(of: $0).contains("coordinator") }
    }

    // MARK: Batches

    /// Lines of operations for `submit`.
    package func operations(_ lines: [String]) throws -> String {
        let path = "\(path)/\(UUID().uuidString).ndjson"
        try Files.write(bytes(lines.joined(separator: "\n") + "\n"), to: path)
        return path
    }

    package func submit(_ id: String, _ lines: [String], arguments: [String] = []) async throws {
        let words = ["submit", "--id", id] + arguments + [try operations(lines)]
        let finished = try await run(raw: words.map { bytes($0) })
        try #require(finished.ending == .exited(0), "\(finished.error)")
        #expect(finished.output == "\(id)\n")
    }

    /// Asked by the library, which waits longer for a busy machine than a command does.
    package func detail(of id: String) async throws -> BatchDetail {
        let batch = try #require(BatchID(id))
        return try await BatchConnection.open(to: address, timeout: .seconds(30)) { client in
            try await client.batch(batch).status()
        }
    }

    /// How many the coordinator knows to run.
    package func runningOperations(of id: String) async throws -> Int {
        try await BatchConnection.open(to: address, timeout: .seconds(30)) { client in
            try await client.activeOperations(of: BatchID(id)).count
        }
    }

    package func event(of id: String) async throws -> BatchProgressEvent { try await detail(of: id).event }

    /// Its last event.
    package func end(of id: String) async throws -> BatchProgressEvent {
        try await eventuallyValue("the end of batch \(id)", within: .seconds(90)) {
            let event = try await event(of: id)
            return event.status.isEnd ? event : nil
        }
    }

    // MARK: The end

    /// Ends all that was started, the last first, and what that left behind.
    fileprivate func leave() async {
        for process in processes.withLock({ $0 }).reversed() { try? await process.destroy() }
        do {
            try await eventually("no process is left", within: .seconds(20)) {
                let living = living()
                for pid in living { kill(pid, SIGKILL) }
                return living.isEmpty
            }
        } catch {
            Issue.record(error)
        }
        Files.remove(bytes(path))
    }

    /// What the processes said, for whoever looks into a failure.
    fileprivate var report: String {
        processes.withLock { $0.prefix(6) + $0.dropFirst(6).suffix(6) }.map { process in
            "== \(process.name) \(process.pid) \(process.ending.map { "\($0)" } ?? "runs")\n"
                + process.outputText.suffix(1500) + process.errorText.suffix(3000)
        }.joined(separator: "\n")
    }
}

package struct Finished: Sendable {
    package var ending: TestProcess.Ending
    package var outputBytes: [UInt8]
    package var error: String

    package var output: String { String(decoding: outputBytes, as: UTF8.self) }
}

/// A home for the length of `body`; nothing of it is left afterwards, whatever happens.
package func withHome<Result>(_ body: (Home) async throws -> Result) async throws -> Result {
    let home = try Home()
    do {
        let result = try await body(home)
        await home.leave()
        return result
    } catch {
        let report = home.report
        await home.leave()
        Issue.record("what the processes said:\n\(report)")
        throw error
    }
}

/// The same, with a coordinator that listens.
package func withCoordinator<Result>(_ body: (Home, TestProcess) async throws -> Result) async throws
    -> Result
{
    try await withHome { home in
        let coordinator = try await home.coordinator()
        return try await body(home, coordinator)
    }
}

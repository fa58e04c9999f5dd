import Foundation

/// A real coordinator and real workers, in a state folder of their own.
final class Fleet {
    let coordinator: Process
    private(set) var workers: [Process] = []
    private var others: [pid_t: Process] = [:]
    private let start: ([String]) throws -> Process
    let address: String
    private let folder: URL

    /// - Parameter tally: the path of the executable under test.
    init(tally: String, workers count: Int, slots: Int = 1) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "tally-bench-\(getpid())-\(UInt32.random(in: 0...UInt32.max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        address = "ipc://\(folder.path)/control"
        var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("TALLY_") }
        environment["TALLY_STATE"] = folder.path
        // No settings of whoever measures.
        environment["XDG_CONFIG_HOME"] = folder.path
        environment["TALLY_COORDINATOR"] = address
        environment["TALLY_LOG"] = "warning"
        start = { arguments in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: tally)
            process.arguments = arguments
            process.environment = environment
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            return process
        }
        coordinator = try start(["coordinator"])
        try startWorkers(count, slots: slots)
    }

    func startWorkers(_ count: Int, slots: Int = 1) throws {
        for _ in 0..<count {
            workers.append(try start(["worker", "--allow-commands", "--slots", "\(slots)"]))
        }
    }

    /// Another process beside them.
    func launch(_ arguments: [String]) throws -> pid_t {
        let process = try start(arguments)
        others[process.processIdentifier] = process
        return process.processIdentifier
    }

    func end(_ process: pid_t) {
        others[process]?.terminate()
        others.removeValue(forKey: process)?.waitUntilExit()
    }

    func stop() {
        for process in workers + [coordinator] {
            process.terminate()
            process.waitUntilExit()
        }
        try? FileManager.default.removeItem(at: folder)
    }

    /// The most memory the coordinator has had, in MB.
    var coordinatorPeakMemory: Double { status(coordinator, "VmHWM:") / 1024 }
    var coordinatorMemory: Double { status(coordinator, "VmRSS:") / 1024 }

    /// Processor seconds of coordinator and workers so far.
    var processorTime: (coordinator: Double, workers: Double) {
        (time(coordinator), workers.reduce(0) { $0 + time($1) })
    }

    private func status(_ process: Process, _ key: String) -> Double {
        let text =
            (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(key) }
        return line?.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap { Double($0) }
            ?? 0
    }

    private func time(_ process: Process) -> Double { processorTime(of: process.processIdentifier) }

    func processorTime(of process: pid_t) -> Double {
        let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        let ticks = [11, 12].compactMap { fields.count > $0 ? Double(fields[$0]) : nil }.reduce(0, +)
        return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}

import Glibc

/// Processes of this machine, as /proc tells.
package enum ProcessTable {
    /// Those in whose environment all these settings are, as `NAME=value`.
    package static func processes(with settings: [String]) -> [pid_t] {
        let wanted = Set(settings.map { bytes($0) })
        return pids.filter { pid in
            let environment = Files.read("/proc/\(pid)/environ").split(separator: 0).map(Array.init)
            return wanted.isSubset(of: environment)
        }
    }

    package static func arguments(of pid: pid_t) -> [String] {
        Files.read("/proc/\(pid)/cmdline").split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Resident memory, in bytes.
    package static func memory(of pid: pid_t) -> Int {
        let line = Files.lines("/proc/\(pid)/status").first { $0.hasPrefix("VmRSS:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }

    private static var pids: [pid_t] {
        Files.names(in: bytes("/proc")).compactMap { pid_t(String(decoding: $0, as: UTF8.self)) }
    }
}

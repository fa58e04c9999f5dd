import Foundation
import Glibc

/// What Linux knows of this process, from proc(5).
struct ProcessStatistics: Sendable {
    private let ticksPerSecond = Double(sysconf(CInt(_SC_CLK_TCK)))
    private let pageSize = Double(sysconf(CInt(_SC_PAGESIZE)))

    /// By the names that Prometheus' client libraries share; without those that can't be read.
    var samples: [String: [MetricSample]] {
        var values = fields
        values["process_open_fds"] = openDescriptors
        values["process_max_fds"] = descriptorLimit
        return values.mapValues { [MetricSample(value: $0)] }
    }

    private var fields: [String: Double] {
        // The name, in parentheses, may hold anything; the fields behind it are counted from 3.
        guard let text = Self.read("/proc/self/stat"), let name = text.lastIndex(of: ")") else { return [:] }
        let fields = [0, 0, 0] + text[name...].split(separator: " ").dropFirst().map { Double($0) ?? 0 }
        guard fields.count > 24 else { return [:] }
        var values = [
            "process_cpu_seconds_total": (fields[14] + fields[15]) / ticksPerSecond,
            "process_threads": fields[20],
            "process_virtual_memory_bytes": fields[23],
            "process_resident_memory_bytes": fields[24] * pageSize,
        ]
        values["process_start_time_seconds"] = Self.bootTime.map { $0 + fields[22] / ticksPerSecond }
        return values
    }

    /// Seconds since 1970.
    private static var bootTime: Double? {
        read("/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
            .flatMap { Double($0.dropFirst("btime ".count)) }
    }

    private var openDescriptors: Double? {
        // One of them reads the folder.
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map { Double($0.count - 1) }
    }

    private var descriptorLimit: Double? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Double(limit.rlim_cur)
    }

    private static func read(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}

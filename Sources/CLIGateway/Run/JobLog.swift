import BatchProtocol
import CommandTemplate
import FoundationEssentials
import Glibc

/// A line for each attempt of an operation as it ends, in the columns of GNU parallel's `--joblog`.
package struct JobLog: Sendable {
    private static let columns = [
        "Seq", "Host", "Starttime", "JobRuntime", "Send", "Receive", "Exitval", "Signal", "Command",
    ]

    private let descriptor: CInt

    /// - Parameter appending: go on with a log that is there; else it is begun anew.
    /// - Throws: `InputError` that names the file.
    package init(path: String, appending: Bool) throws(InputError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (appending ? 0 : O_TRUNC), 0o666)
        guard descriptor >= 0 else {
            let fault = String(cString: strerror(errno))
            throw InputError("--joblog \(path): \(fault); name a file that you can write to")
        }
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_size == 0 {
            Descriptor(number: descriptor).write(line: Self.columns.joined(separator: "\t"))
        }
    }

    func write(_ end: RelayHeader) {
        Descriptor(number: descriptor).write(Self.line(for: end))
    }

    static func line(for end: RelayHeader) -> [UInt8] {
        let runtime = decimals(end.seconds)
        let padding = String(repeating: " ", count: max(0, 10 - runtime.count))
        let numbers = [
            "\(end.operation + 1)", ":", decimals(end.startedAt), padding + runtime, "0",
            "\(end.standardOutputBytes)", "\(end.exitCode)", "\(end.signal)",
        ]
        // A line break in a command becomes NUL there too, so that a line stays a line.
        let command = end.commandLine.map { $0 == UInt8(ascii: "\n") ? 0 : $0 }
        return Array(numbers.joined(separator: "\t").utf8) + [UInt8(ascii: "\t")] + command
            + [UInt8(ascii: "\n")]
    }

    /// With three decimals, which hold a thousandth exactly enough.
    private static func decimals(_ seconds: Double) -> String {
        let thousandths = Int64((seconds * 1000).rounded())
        let fraction = String(thousandths % 1000)
        return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}

extension RelayHeader {
    /// As it would be typed in a shell.
    fileprivate var commandLine: [UInt8] {
        let invocation: Template.Invocation =
            shell.map { .shell($0.bytes) } ?? .arguments((arguments ?? []).map(\.bytes))
        return invocation.shellLine
    }
}

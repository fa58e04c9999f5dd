import ChildProcess
import Glibc

/// Where `tally run --results` wants each operation's output: `NUMBER/stdout` and `NUMBER/stderr`, numbered from
/// 1 as `{#}` is. Of an operation that is tried again the last attempt's stays.
struct ResultsFolder: Sendable {
    let path: String

    /// - Throws: `OperationFailure` that names the file.
    func write(_ result: CommandResult, of context: OperationContext) throws(OperationFailure) {
        let folder = "\(path)/\(context.operation + 1)"
        guard mkdir(folder, 0o777) == 0 || errno == EEXIST else { throw Self.failure(folder) }
        try write(RelayedOutput(result.standardOutput), to: "\(folder)/stdout")
        try write(RelayedOutput(result.standardError), to: "\(folder)/stderr")
    }

    private func write(_ output: RelayedOutput, to file: String) throws(OperationFailure) {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Self.failure(file) }
        defer { close(descriptor) }
        guard output.forEachChunk({ writeAll($0, to: descriptor) }) else { throw Self.failure(file) }
    }

    private static func failure(_ file: String) -> OperationFailure {
        OperationFailure("\(file) can't be written: \(String(cString: strerror(errno)))")
    }
}

/// False if not all of it can be written.
func writeAll(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
    bytes.withUnsafeBytes { buffer in
        var rest = buffer[...]
        while !rest.isEmpty {
            let written = Glibc.write(
                descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return false }
            rest = rest.dropFirst(written)
        }
        return true
    }
}

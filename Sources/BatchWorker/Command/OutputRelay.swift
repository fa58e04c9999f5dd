import BatchProgress
import BatchProtocol
import ChildProcess
import Dispatch
import Glibc

/// Hands the whole output of each operation to whoever started this worker, over a pipe: a line of JSON, then
/// as many bytes as it says, standard output before standard error.
///
/// While the reader doesn't read, operations that ended wait: nothing piles up in memory.
package final class OutputRelay: Sendable {
    private let descriptor: CInt
    private let queue = DispatchQueue(label: "tally.relay")

    package init(writingTo descriptor: CInt) {
        self.descriptor = descriptor
    }

    func deliver(_ result: CommandResult, _ outcome: OperationOutcome, _ context: OperationContext) async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.write(result, outcome, context)
                continuation.resume()
            }
        }
    }

    private func write(_ result: CommandResult, _ outcome: OperationOutcome, _ context: OperationContext) {
        let outputs = [result.standardOutput, result.standardError].map(RelayedOutput.init)
        let header = RelayHeader(
            operation: context.operation, attempt: context.attempt, outcome: outcome.kind,
            exitCode: outcome.exitCode, message: outcome.message, standardOutputBytes: outputs[0].count,
            standardErrorBytes: outputs[1].count)
        guard write(WireFormat.encode(header) + [UInt8(ascii: "\n")]) else { return }
        for output in outputs {
            guard output.forEachChunk(write) else { return }
        }
    }

    /// False when nobody reads any more; whoever started us is gone then, and so are we, soon.
    private func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return false }
            rest = rest.dropFirst(written)
        }
        return true
    }
}

/// An output as it is handed on: all of it, or what was kept if the rest was lost to a full disk.
private struct RelayedOutput {
    private let output: CapturedOutput
    let count: Int64

    init(_ output: CapturedOutput) {
        self.output = output
        count =
            if case .kept(let kept) = output.whole { kept.byteCount } else {
                Int64(output.head.count + output.tail.count)
            }
    }

    /// False as soon as `body` says so.
    func forEachChunk(_ body: ([UInt8]) -> Bool) -> Bool {
        guard case .kept(let kept) = output.whole else { return body(output.head + output.tail) }
        var offset: Int64 = 0
        while offset < kept.byteCount {
            // What can't be read back any more is made up for, so that the bytes that follow keep their place.
            let missing = Int(min(kept.byteCount - offset, 65_536))
            let chunk =
                (try? kept.read(from: offset, atMost: 65_536)) ?? [UInt8](repeating: 0, count: missing)
            guard !chunk.isEmpty, body(chunk) else { return false }
            offset += Int64(chunk.count)
        }
        return true
    }
}

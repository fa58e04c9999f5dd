import BatchProtocol
import Foundation
import Glibc
import Synchronization

/// Reads what workers relay of their operations' output, and writes it: of one operation whole, before the
/// next. While the output isn't taken nothing is read, so the workers wait.
final class RelayReader: Sendable {
    private let output: OperationOutput
    /// One operation at a time, among all workers.
    private let turn = Mutex(())

    init(writingTo output: OperationOutput) {
        self.output = output
    }

    /// Where an operation's two streams go.
    struct OperationOutput: Sendable {
        var standardOutput: @Sendable ([UInt8]) -> Void
        var standardError: @Sendable ([UInt8]) -> Void
    }

    /// Until the worker has closed its end; takes a thread of its own for that long.
    func read(from descriptor: CInt) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var input = BufferedInput(descriptor: descriptor)
                while let line = input.readLine(), self.relay(line, &input) {}
                close(descriptor)
                continuation.resume()
            }
        }
    }

    /// False if the worker ended in the middle.
    private func relay(_ line: [UInt8], _ input: inout BufferedInput) -> Bool {
        guard let header = try? WireFormat.decode(RelayHeader.self, from: line) else {
            return false
        }
        return turn.withLock { _ in
            copy(header.standardOutputBytes, from: &input, to: output.standardOutput)
                && copy(header.standardErrorBytes, from: &input, to: output.standardError)
        }
    }

    private func copy(
        _ count: Int64, from input: inout BufferedInput, to write: ([UInt8]) -> Void
    ) -> Bool {
        var rest = count
        while rest > 0 {
            guard let bytes = input.read(atMost: Int(min(rest, 1 << 16))) else { return false }
            write(bytes)
            rest -= Int64(bytes.count)
        }
        return true
    }
}

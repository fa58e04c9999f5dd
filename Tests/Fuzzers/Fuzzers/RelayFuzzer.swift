import BatchProtocol
import CFuzzer
import Glibc

@testable import CLIGateway

extension Fuzzer {
    /// What comes over the pipe from a worker of `tally run`: headers, each with the outputs it announces.
    static let relay = Fuzzer(name: "relay", isJSON: true) { bytes in
        let (order, rest) = (bytes.first ?? 0, Array(bytes.dropFirst()))
        let output = OutputStreams(standardOutput: { _ in }, standardError: { _ in })
        let descriptor = file(holding: rest)
        defer { close(descriptor) }
        var input = BufferedInput(descriptor: descriptor)
        var inOrder = order == UInt8(ascii: "o") ? try? OutputOrder(from: 0, to: output) : nil
        repeat {
            guard let line = input.readLine(),
                let header = try? WireFormat.decode(RelayHeader.self, from: line)
            else { break }
            _ = JobLog.line(for: header)
            guard inOrder?.take(header, from: &input) ?? input.copyOutput(header, to: output) else { break }
        } while input.hasBuffered
        inOrder?.finish()
    }
}

/// A file without a name, to be read from its beginning.
func file(holding bytes: [UInt8]) -> CInt {
    let descriptor = fuzzer_memory_file()
    guard descriptor >= 0, write(descriptor, bytes, bytes.count) == bytes.count else {
        fatalError("no file in memory: \(String(cString: strerror(errno)))")
    }
    lseek(descriptor, 0, SEEK_SET)
    return descriptor
}

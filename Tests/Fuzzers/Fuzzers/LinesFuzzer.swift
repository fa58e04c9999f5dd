import BatchProgress
import CommandTemplate
import FoundationEssentials
import Glibc

@testable import CLIGateway
@testable import MCPGateway

extension Fuzzer {
    /// Standard input, in pieces of as many bytes as the first one says: operations, values, messages to an assistant's
    /// server. However it comes, the lines are the same.
    static let lines = Fuzzer(name: "lines", isJSON: true) { bytes in
        let (size, input) = (max(1, Int(bytes.first ?? 1)), Array(bytes.dropFirst()))
        checkOperations(input, pieces: size)
        checkMessages(input, pieces: size)
        for separator in [Values.Separator.newline, .nul] { checkValues(input, separator, pieces: size) }
    }

    private static func checkOperations(_ bytes: [UInt8], pieces size: Int) {
        let descriptor = packets(of: bytes, size: size)
        defer { close(descriptor) }
        var input = BufferedInput(descriptor: descriptor)
        var lines: [[UInt8]] = []
        while let line = input.readLine() ?? input.readRest() { lines.append(line) }
        require(lines == split(bytes), "other lines in pieces of \(size)")
        // Each is looked at alone; of more there is no more to learn.
        for line in lines.prefix(6) { checkOperation(line) }
    }

    private static func checkMessages(_ bytes: [UInt8], pieces size: Int) {
        let descriptor = packets(of: bytes, size: size)
        defer { close(descriptor) }
        var input = LineInput(descriptor: descriptor)
        var lines: [[UInt8]] = []
        while case .whole(let line)? = input.next() { lines.append(line) }
        // What follows the last line break is no message yet.
        let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { split(Array(bytes[...$0])) } ?? []
        require(lines == whole, "other messages in pieces of \(size)")
    }

    private static func checkValues(_ bytes: [UInt8], _ separator: Values.Separator, pieces size: Int) {
        var values = Values(separator: separator)
        var found: [[UInt8]] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            try? values.feed(bytes[start..<min(start + size, bytes.count)], into: &found)
        }
        values.finish(into: &found)
        require(
            found == bytes.split(separator: separator.rawValue).map(Array.init),
            "other values in pieces of \(size)")
    }

    private static func split(_ bytes: [UInt8]) -> [[UInt8]] {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(
            Array.init)
        if lines.last == [] { lines.removeLast() }
        return lines
    }

    private static func checkOperation(_ line: [UInt8]) {
        guard let operation = try? OperationLine(line).operation else { return }
        require(BatchID(operation.type) != nil, "a type \(operation.type.debugDescription)")
        guard let json = try? JSONDecoder().decode(JSONValue.self, from: Data(line)), json["data"] != nil
        else {
            return
        }
        let kept = try? JSONDecoder().decode(JSONValue.self, from: Data(operation.data))
        require(kept != nil, "its data is lost: \(String(decoding: line, as: UTF8.self))")
    }
}

/// What is read from it comes in pieces of this size.
private func packets(of bytes: [UInt8], size: Int) -> CInt {
    var ends: [CInt] = [0, 0]
    guard socketpair(AF_UNIX, CInt(SOCK_SEQPACKET.rawValue), 0, &ends) == 0 else {
        fatalError("no pair of sockets: \(String(cString: strerror(errno)))")
    }
    // So many as certainly fit.
    let size = max(size, bytes.count / 64 + 1)
    for start in stride(from: 0, to: bytes.count, by: size) {
        let piece = Array(bytes[start..<min(start + size, bytes.count)])
        require(
            send(ends[1], piece, piece.count, CInt(MSG_DONTWAIT)) == piece.count, "a piece is lost")
    }
    close(ends[1])
    return ends[0]
}

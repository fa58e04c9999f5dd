import Glibc

/// A descriptor, read in pieces, by line or by count.
struct BufferedInput {
    let descriptor: CInt
    private var buffer: [UInt8] = []
    private var start = 0

    init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// Without the line break; nil at the end.
    mutating func readLine() -> [UInt8]? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return Array(buffer[start..<end])
            }
            searched = buffer.count
            let consumed = start
            guard fill() else { return nil }
            searched -= consumed - start
        }
    }

    /// Whether something is here that was not taken.
    var hasBuffered: Bool { start < buffer.count }

    /// What is left after the last line break, once; nil if there is nothing.
    mutating func readRest() -> [UInt8]? {
        guard hasBuffered else { return nil }
        defer { start = buffer.count }
        return Array(buffer[start...])
    }

    /// Some bytes, at least one; nil at the end.
    mutating func read(atMost limit: Int) -> [UInt8]? {
        if start == buffer.count, !fill() { return nil }
        let end = min(buffer.count, start + limit)
        defer { start = end }
        return Array(buffer[start..<end])
    }

    private mutating func fill() -> Bool {
        buffer.removeFirst(start)
        start = 0
        let old = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: 1 << 16))
        while true {
            let count = buffer.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress.map { $0 + old }, 1 << 16)
            }
            if count < 0, errno == EINTR { continue }
            buffer.removeLast((1 << 16) - max(0, count))
            return count > 0
        }
    }
}

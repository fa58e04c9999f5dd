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
        return start == 0 && end == buffer.count ? buffer : Array(buffer[start..<end])
    }

    private mutating func fill() -> Bool {
        let piece = [UInt8](unsafeUninitializedCapacity: 1 << 16) { [descriptor] piece, filled in
            var count: Int
            repeat {
                count = Glibc.read(descriptor, piece.baseAddress, piece.count)
            } while count < 0 && errno == EINTR
            filled = max(0, count)
        }
        buffer = start == buffer.count ? piece : buffer[start...] + piece
        start = 0
        return !piece.isEmpty
    }
}

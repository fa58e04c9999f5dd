import Glibc

/// Lines of a descriptor, of bounded length.
struct LineInput {
    enum Line: Equatable {
        case whole([UInt8])
        /// Longer than any message may be: it was passed over.
        case tooLong
    }

    static let longest = 1 << 20

    private let descriptor: CInt
    private var buffer: [UInt8] = []

    init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// Without its end; nil at the end of the input. Blocks.
    mutating func next() -> Line? {
        var searched = 0
        var isTooLong = false
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(buffer[..<end])
                buffer.removeSubrange(...end)
                return isTooLong || line.count > Self.longest ? .tooLong : .whole(line)
            }
            if buffer.count > Self.longest {
                isTooLong = true
                buffer = []
            }
            searched = buffer.count
            guard fill() else { return nil }
        }
    }

    private mutating func fill() -> Bool {
        let piece = [UInt8](unsafeUninitializedCapacity: 1 << 16) { [descriptor] piece, filled in
            var count: Int
            repeat {
                count = read(descriptor, piece.baseAddress, piece.count)
            } while count < 0 && errno == EINTR
            filled = max(0, count)
        }
        buffer += piece
        return !piece.isEmpty
    }
}

/// Writes small numbers and texts in few bytes: for the columns that hold lists.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    /// Not negative. LEB128: seven bits a byte, the lowest first.
    mutating func write(_ number: Int) {
        var rest = UInt(number)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func write(_ text: String) {
        write(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }
}

/// Reads what `ByteWriter` wrote; throws `Damage` for anything else.
struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func number() throws -> Int {
        var number: UInt = 0
        for shift in stride(from: UInt(0), to: 63, by: 7) {
            guard position < bytes.count else { throw Damage("a list that is cut off") }
            let byte = bytes[position]
            position += 1
            number |= UInt(byte & 0x7f) << shift
            if byte < 0x80 { return Int(number) }
        }
        throw Damage("a number that is too great")
    }

    mutating func text() throws -> String {
        let count = try number()
        guard count <= bytes.count - position else { throw Damage("a text that is cut off") }
        defer { position += count }
        return String(decoding: bytes[position..<(position + count)], as: UTF8.self)
    }
}

/// A running digest over operations in order, so that two submissions can be told apart whatever their
/// chunks: 64-bit FNV-1a over each operation's type, label and data, each followed by its length.
///
/// It finds accidents, not attacks. Fowler, Noll, Vo: draft-eastlake-fnv.
public struct OperationDigest: Hashable, Sendable, CustomStringConvertible {
    public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    public init() {}

    public init(value: UInt64) {
        self.value = value
    }

    public mutating func add(_ operation: BatchOperation) {
        add(operation.type.utf8)
        add((operation.label ?? "").utf8)
        add(operation.data)
    }

    /// Sixteen hexadecimal digits.
    public var description: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    public init?(_ text: some StringProtocol) {
        // A number may have a sign, a digest may not.
        guard text.utf8.count == 16, text.allSatisfy(\.isHexDigit), let value = UInt64(text, radix: 16) else {
            return nil
        }
        self.value = value
    }

    private mutating func add(_ bytes: some Sequence<UInt8>) {
        var hash = value
        var length: UInt64 = 0
        for byte in bytes {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
            length += 1
        }
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            hash = (hash ^ (length >> shift & 0xff)) &* 0x100_0000_01b3
        }
        value = hash
    }
}

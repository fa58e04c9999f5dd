import BatchProgress

/// An input, read as one choice after the other; zeros when it is used up.
struct Choices {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    var isEmpty: Bool { rest.isEmpty }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    mutating func below(_ limit: Int) -> Int { Int(byte()) % limit }

    mutating func one<Element>(of elements: [Element]) -> Element { elements[below(elements.count)] }

    mutating func chance(oneIn count: Int) -> Bool { below(count) == 1 }

    mutating func maybe<Value>(_ make: (inout Choices) -> Value) -> Value? {
        byte() & 1 == 0 ? nil : make(&self)
    }

    mutating func list<Value>(upTo most: Int, _ make: (inout Choices) -> Value) -> [Value] {
        (0..<below(most + 1)).map { _ in make(&self) }
    }

    mutating func bytes(upTo most: Int) -> [UInt8] {
        let count = below(most + 1)
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func text(upTo most: Int) -> String { String(decoding: bytes(upTo: most), as: UTF8.self) }

    /// All that is left.
    mutating func remainder() -> [UInt8] {
        defer { rest = [] }
        return Array(rest)
    }

    /// Small most of the time; else where numbers overflow.
    mutating func number() -> Int {
        let byte = byte()
        switch byte {
        case ..<200: return Int(byte) % 12
        case ..<210: return -1 - Int(byte) % 4
        default: return one(of: Self.edges)
        }
    }

    mutating func share() -> Double { one(of: [0, 0.5, 1, -1, 2, 1e308, -1e308, 1e-308, 0.999_999]) }

    private static let edges: [Int] = [
        .max, .min, .max - 1, .min + 1, 1 << 53, 1 << 31, (1 << 31) - 1, (1 << 32) - 1, 63, 64, 65, 1000,
        1001,
        10_000, 100_000, 100_001, 1 << 62,
    ]
}

extension Choices {
    private static func id(_ text: String) -> BatchID {
        guard let id = BatchID(text) else { preconditionFailure("these are ids") }
        return id
    }

    private static let ids: [BatchID] = {
        let long = id(String(repeating: "l", count: 64))
        // What is done on the end of either would be done under one id.
        let alike = id(String(long.onEnd.description.dropLast("-on-end".count)))
        return ["a", "b", "c", "a-on-end"].map(id) + [long, alike]
    }()

    mutating func batch() -> BatchID { one(of: Self.ids) }
}

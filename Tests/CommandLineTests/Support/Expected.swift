import ProcessTesting

/// What an output or a file should hold.
enum Expected: Sendable, ExpressibleByStringLiteral {
    /// Byte for byte; with `…` for anything within a line, and for any lines where it stands alone.
    case text(String)
    case bytes([UInt8])
    /// These lines, in whatever order.
    case lines([String])
    /// All of these are somewhere in it.
    case says([String])
    /// And none of these.
    case saysNot([String])
    indirect case both(Expected, Expected)
    case anything

    init(stringLiteral value: String) {
        self = .text(value)
    }

    static func lines(_ lines: String...) -> Expected { .lines(lines) }
    static func says(_ parts: String...) -> Expected { .says(parts) }
    static func saysNot(_ parts: String...) -> Expected { .saysNot(parts) }

    func matches(_ found: [UInt8]) -> Bool {
        let text = String(decoding: found, as: UTF8.self)
        switch self {
        case .text(let expected) where expected.contains("…"):
            return OutputPattern(expected).matches(text)
        case .text(let expected): return found == Array(expected.utf8)
        case .bytes(let expected): return found == expected
        case .lines(let expected):
            return text.split(separator: "\n").sorted() == expected.map { $0[...] }.sorted()
        case .says(let parts): return parts.allSatisfy { text.contains($0) }
        case .saysNot(let parts): return !parts.contains { text.contains($0) }
        case .both(let one, let other): return one.matches(found) && other.matches(found)
        case .anything: return true
        }
    }
}

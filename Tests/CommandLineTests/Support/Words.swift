/// A command line as bash takes it apart, as far as the table needs that: blanks between words, `'…'` and `"…"` as
/// they are, and `$'…'` with `\n`, `\t`, `\e`, `\\`, `\'` and `\xFF`, for bytes that aren't UTF-8.
struct Words {
    private var rest: Substring.UTF8View

    static func split(_ line: String) -> [[UInt8]] {
        var words = Words(rest: line[...].utf8)
        var found: [[UInt8]] = []
        while let word = words.next() { found.append(word) }
        return found
    }

    private mutating func next() -> [UInt8]? {
        while rest.first == UInt8(ascii: " ") { rest.removeFirst() }
        guard !rest.isEmpty else { return nil }
        var word: [UInt8] = []
        while let byte = rest.popFirst(), byte != UInt8(ascii: " ") {
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""): word += quoted(until: byte)
            case UInt8(ascii: "$") where rest.first == UInt8(ascii: "'"):
                rest.removeFirst()
                word += escaped()
            default: word.append(byte)
            }
        }
        return word
    }

    private mutating func quoted(until end: UInt8) -> [UInt8] {
        let text = Array(rest.prefix { $0 != end })
        rest = rest.dropFirst(text.count + 1)
        return text
    }

    private mutating func escaped() -> [UInt8] {
        var text: [UInt8] = []
        while let byte = rest.popFirst(), byte != UInt8(ascii: "'") {
            guard byte == UInt8(ascii: "\\"), let name = rest.popFirst() else {
                text.append(byte)
                continue
            }
            switch name {
            case UInt8(ascii: "n"): text.append(0x0a)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "e"): text.append(0x1b)
            case UInt8(ascii: "x"):
                let digits = String(decoding: rest.prefix(2), as: UTF8.self)
                guard let value = UInt8(digits, radix: 16) else {
                    preconditionFailure("a row of the table has \\x\(digits)")
                }
                text.append(value)
                rest = rest.dropFirst(2)
            default: text.append(name)
            }
        }
        return text
    }
}

extension JSONValue {
    /// Why a text is no JSON, or none that is read here.
    package struct ReadingFault: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// What becomes of a part that is nested too deep.
    package enum TooDeep: Sendable {
        /// The text is refused.
        case fault
        /// The part is taken for null, if it is JSON: in a text that holds what many wrote, of whom none may keep the
        /// others from being read.
        case null
    }

    /// Reads JSON (RFC 8259) from outside: in a time that grows with its length, and not with how it is nested.
    ///
    /// Decoding can't do that: it has to ask of each value whether it is this or that, and each time that it isn't, makes
    /// an error that holds the whole way to it.
    ///
    /// - Parameter tooDeep: what becomes of arrays and objects that are within 128 others.
    package init(reading text: some Sequence<UInt8>, tooDeep: TooDeep = .fault) throws(ReadingFault) {
        var reader = JSONReader(Array(text), tooDeep: tooDeep)
        self = try reader.document()
    }
}

/// A text, and how far it has been read.
private struct JSONReader {
    typealias Fault = JSONValue.ReadingFault

    /// Deeper than anybody's data; each level takes some of the thread's stack.
    private static let deepest = 128
    private static let openArray = "an array is not ended"
    private static let openObject = "an object is not ended"

    private let text: [UInt8]
    private let tooDeep: JSONValue.TooDeep
    private var position = 0
    private var depth = 0

    init(_ text: [UInt8], tooDeep: JSONValue.TooDeep) {
        self.text = text
        self.tooDeep = tooDeep
    }

    mutating func document() throws(Fault) -> JSONValue {
        let value = try value()
        skipSpace()
        guard position == text.count else { throw fault("more than one value") }
        return value
    }

    private mutating func value() throws(Fault) -> JSONValue {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try nested { reader throws(Fault) in .object(try reader.members()) }
        case UInt8(ascii: "["): return try nested { reader throws(Fault) in .array(try reader.elements()) }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    // MARK: What holds others

    private mutating func nested(
        _ read: (inout JSONReader) throws(Fault) -> JSONValue
    ) throws(Fault) -> JSONValue {
        guard depth < Self.deepest else {
            guard tooDeep == .null else { throw fault("nested deeper than \(Self.deepest) levels") }
            try skip()
            return .null
        }
        depth += 1
        position += 1
        defer { depth -= 1 }
        return try read(&self)
    }

    /// Passes over a value as deep as it goes: what is open is kept on the heap, where there is room for it.
    private mutating func skip() throws(Fault) {
        // How what holds the next value is ended, the innermost last.
        var closings: [Unicode.Scalar] = []
        repeat {
            if takes("[") {
                if !takes("]") {
                    closings.append("]")
                    continue
                }
            } else if takes("{") {
                if !takes("}") {
                    _ = try name()
                    closings.append("}")
                    continue
                }
            } else {
                _ = try value()
            }
            try skipEnds(of: &closings)
        } while !closings.isEmpty
    }

    /// What comes after a value, up to where the next one begins.
    private mutating func skipEnds(of closings: inout [Unicode.Scalar]) throws(Fault) {
        while let closing = closings.last {
            if takes(",") {
                if closing == "}" { _ = try name() }
                return
            }
            guard takes(closing) else { throw fault(closing == "]" ? Self.openArray : Self.openObject) }
            closings.removeLast()
        }
    }

    private mutating func elements() throws(Fault) -> [JSONValue] {
        var elements: [JSONValue] = []
        if takes("]") { return elements }
        repeat { elements.append(try value()) } while takes(",")
        guard takes("]") else { throw fault(Self.openArray) }
        return elements
    }

    private mutating func members() throws(Fault) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        if takes("}") { return members }
        repeat {
            let name = try name()
            // Of two for one name the first counts, as with Foundation.
            let value = try value()
            if members[name] == nil { members[name] = value }
        } while takes(",")
        guard takes("}") else { throw fault(Self.openObject) }
        return members
    }

    /// A member's, and the colon after it.
    private mutating func name() throws(Fault) -> String {
        skipSpace()
        guard next == UInt8(ascii: "\"") else { throw fault("a member has no name") }
        let name = try string()
        guard takes(":") else { throw fault("a member has no value") }
        return name
    }

    // MARK: What stands alone

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Fault) -> JSONValue {
        let length = word.utf8CodeUnitCount
        let isThere = word.withUTF8Buffer { text[position...].starts(with: $0) }
        guard isThere else { throw fault("no value") }
        position += length
        return value
    }

    /// Whole ones of up to 64 bits as they are; others as close as a `Double` is.
    private mutating func number() throws(Fault) -> JSONValue {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        let isZero = next == UInt8(ascii: "0")
        guard let digits = digits(), !isZero || digits == 1 else { throw fault("no value") }
        var isWhole = true
        if next == UInt8(ascii: ".") {
            position += 1
            isWhole = false
            guard self.digits() != nil else { throw fault("no number") }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            isWhole = false
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            guard self.digits() != nil else { throw fault("no number") }
        }
        let written = String(decoding: text[start..<position], as: UTF8.self)
        if isWhole, let whole = Int64(written) { return .integer(whole) }
        guard let number = Double(written), number.isFinite else { throw fault("a number doesn't fit") }
        // The least of 64 bits isn't taken for one, as little as by Foundation: it may be a smaller one, rounded.
        if !isWhole, number > -0x1p63, let whole = Int64(exactly: number) { return .integer(whole) }
        return .number(number)
    }

    /// How many there are; nil if there is none.
    private mutating func digits() -> Int? {
        let start = position
        while let byte = next, 48...57 ~= byte { position += 1 }
        return position > start ? position - start : nil
    }

    private mutating func string() throws(Fault) -> String {
        position += 1
        let start = position
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
            position += 1
        }
        if next == UInt8(ascii: "\"") {
            defer { position += 1 }
            return try checked(text[start..<position])
        }
        return try escapedString(Array(text[start..<position]))
    }

    /// The rest of a string of which this is read, up to something that isn't written as itself.
    private mutating func escapedString(_ beginning: [UInt8]) throws(Fault) -> String {
        var bytes = beginning
        while let byte = next, byte >= 0x20 {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return try checked(bytes[...])
            case UInt8(ascii: "\\"): bytes += try escape()
            default: bytes.append(byte)
            }
        }
        throw fault(next == nil ? "a string is not ended" : "a string holds a control character")
    }

    private func checked(_ bytes: ArraySlice<UInt8>) throws(Fault) -> String {
        guard let string = String(validating: bytes, as: UTF8.self) else {
            throw fault("a string is not UTF-8")
        }
        return string
    }

    private mutating func escape() throws(Fault) -> [UInt8] {
        guard let byte = next else { throw fault("a string is not ended") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(Character(try scalar())).utf8)
        default: throw fault("a string holds '\\' before what needs none")
        }
    }

    /// `XXXX`, or `XXXX\uXXXX` for a scalar that UTF-16 writes as two (RFC 8259, section 7).
    private mutating func scalar() throws(Fault) -> Unicode.Scalar {
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard UTF16.isLeadSurrogate(first), text[position...].starts(with: "\\u".utf8) else {
            throw fault("half of a character")
        }
        position += 2
        let second = try codeUnit()
        let value = 0x10000 + ((UInt32(first) & 0x3FF) << 10) + (UInt32(second) & 0x3FF)
        guard UTF16.isTrailSurrogate(second), let scalar = Unicode.Scalar(value) else {
            throw fault("half of a character")
        }
        return scalar
    }

    private mutating func codeUnit() throws(Fault) -> UInt16 {
        let digits = text[position...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw fault("'\\u' without four hexadecimal digits") }
        position += 4
        return unit
    }

    // MARK: Bytes

    private var next: UInt8? { position < text.count ? text[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || 0x09...0x0A ~= byte || byte == 0x0D { position += 1 }
    }

    /// Whether this comes next; then it is passed over.
    private mutating func takes(_ sign: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: sign) else { return false }
        position += 1
        return true
    }

    private func fault(_ what: String) -> Fault {
        Fault(description: "no JSON at byte \(position): \(what)")
    }
}

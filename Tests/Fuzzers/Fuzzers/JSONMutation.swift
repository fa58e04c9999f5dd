import CFuzzer

/// Changes to JSON that leave it JSON: libFuzzer's own, byte by byte, seldom do.
///
/// https://llvm.org/docs/LibFuzzer.html: this is its `LLVMFuzzerCustomMutator`.
@_cdecl("LLVMFuzzerCustomMutator")
func mutate(_ bytes: UnsafeMutablePointer<UInt8>, _ size: Int, _ capacity: Int, _ seed: UInt32) -> Int {
    var random = Noise(state: seed)
    guard Fuzzer.chosen?.isJSON == true, random.below(3) > 0 else {
        return LLVMFuzzerMutate(bytes, size, capacity)
    }
    var text = Array(UnsafeBufferPointer(start: bytes, count: size))
    for _ in 0...random.below(3) { text = JSONMutation.changed(text, &random) }
    guard !text.isEmpty, text.count <= capacity else { return LLVMFuzzerMutate(bytes, size, capacity) }
    _ = UnsafeMutableBufferPointer(start: bytes, count: text.count).update(fromContentsOf: text)
    return text.count
}

/// Numerical Recipes' generator: all that is asked of it is to be quick.
struct Noise {
    private var state: UInt32

    init(state: UInt32) {
        self.state = state
    }

    mutating func below(_ limit: Int) -> Int {
        state = state &* 1_664_525 &+ 1_013_904_223
        return Int(state >> 8) % limit
    }
}

enum JSONMutation {
    private static let values: [[UInt8]] = [
        "0", "1", "2", "3", "-1", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
        "9007199254740992", "9007199254740993", "2147483647", "2147483648", "1e308", "-1e308", "1e999",
        "1e-400", "0.5", "-0", "1.0", "null", "true", "false", "\"\"", "\"a\"", "\"b\"", "\"-1\"",
        "\"\\u0000\"", "\"\\ud83d\\ude00\"", "\"\\u202e\"", "{}", "[]", "[0]", "[1,2]", "[[]]", "{\"a\":0}",
    ].map { Array($0.utf8) }

    static func changed(_ text: [UInt8], _ random: inout Noise) -> [UInt8] {
        let tokens = tokens(of: text)
        guard !tokens.isEmpty else { return text }
        let place = tokens[random.below(tokens.count)]
        let other = tokens[random.below(tokens.count)]
        var changed = text
        switch random.below(6) {
        case 0, 1: changed.replaceSubrange(place, with: values[random.below(values.count)])
        case 2: changed.replaceSubrange(place, with: text[other])
        case 3: changed.insert(contentsOf: [UInt8(ascii: ",")] + text[other], at: place.upperBound)
        case 4: removeWithComma(place, from: &changed)
        default:
            // A whole message again, or somewhere else.
            let messages = text.split(separator: Frames.messageSeparator, omittingEmptySubsequences: false)
            let message = messages[random.below(messages.count)]
            let behind = messages[random.below(messages.count)]
            changed.insert(contentsOf: [Frames.messageSeparator] + message, at: behind.endIndex)
        }
        return changed
    }

    private static func removeWithComma(_ place: Range<Int>, from text: inout [UInt8]) {
        var place = place
        if place.upperBound < text.count, text[place.upperBound] == UInt8(ascii: ",") {
            place = place.lowerBound..<(place.upperBound + 1)
        } else if place.lowerBound > 0, text[place.lowerBound - 1] == UInt8(ascii: ",") {
            place = (place.lowerBound - 1)..<place.upperBound
        }
        text.removeSubrange(place)
    }

    /// Strings, numbers and words, each member of an object, and what stands in brackets.
    static func tokens(of text: [UInt8]) -> [Range<Int>] {
        var tokens: [Range<Int>] = []
        var open: [Int] = []
        var position = 0
        var key: Int?
        while position < text.count {
            let start = position
            switch text[position] {
            case UInt8(ascii: "\""):
                position = endOfString(in: text, from: position)
                if position < text.count, text[position] == UInt8(ascii: ":") {
                    key = start
                    position += 1
                    continue
                }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                open.append(key ?? start)
                key = nil
                position += 1
                continue
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                position += 1
                if let start = open.popLast() { tokens.append(start..<position) }
                continue
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "a")...UInt8(ascii: "z"):
                while position < text.count, isWord(text[position]) { position += 1 }
            default:
                position += 1
                continue
            }
            tokens.append(start..<position)
            if let key { tokens.append(key..<position) }
            key = nil
        }
        return tokens
    }

    private static func endOfString(in text: [UInt8], from start: Int) -> Int {
        var position = start + 1
        while position < text.count, text[position] != UInt8(ascii: "\"") {
            position += text[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(position + 1, text.count)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}

/// A set of operation numbers, one bit each: a million of them take 125 kB.
///
/// Made for taking the lowest number again and again: a hint remembers below which word all is empty.
struct NumberSet: Sendable {
    private var words: [UInt64] = []
    private var lowestWord = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    func contains(_ number: Int) -> Bool {
        let word = number >> 6
        return word >= 0 && word < words.count && words[word] & (1 << UInt64(number & 63)) != 0
    }

    mutating func insert(_ number: Int) {
        let word = number >> 6
        if word >= words.count {
            words.append(contentsOf: repeatElement(0, count: word + 1 - words.count))
        }
        let bit: UInt64 = 1 << UInt64(number & 63)
        guard words[word] & bit == 0 else { return }
        words[word] |= bit
        count += 1
        lowestWord = min(lowestWord, word)
    }

    mutating func insert(contentsOf numbers: Range<Int>) {
        for number in numbers { insert(number) }
    }

    mutating func remove(_ number: Int) {
        guard contains(number) else { return }
        words[number >> 6] &= ~(1 << UInt64(number & 63))
        count -= 1
    }

    /// The lowest number, taken out; nil when empty.
    mutating func popLowest() -> Int? {
        guard let number = lowest() else { return nil }
        words[number >> 6] &= words[number >> 6] &- 1
        count -= 1
        return number
    }

    /// The lowest number; nil when empty. Moves the hint, hence mutating.
    mutating func lowest() -> Int? {
        guard count > 0 else {
            lowestWord = words.count
            return nil
        }
        while words[lowestWord] == 0 { lowestWord += 1 }
        return lowestWord << 6 | words[lowestWord].trailingZeroBitCount
    }
}

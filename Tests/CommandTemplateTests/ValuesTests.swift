import Testing

@testable import CommandTemplate

@Suite struct ValuesTests {
    private func split(
        _ input: [UInt8], by separator: Values.Separator, chunk: Int
    ) throws(Values.TooLong) -> [[UInt8]] {
        var values = Values(separator: separator)
        var found: [[UInt8]] = []
        for start in stride(from: 0, to: input.count, by: chunk) {
            try values.feed(input[start..<min(start + chunk, input.count)], into: &found)
        }
        values.finish(into: &found)
        return found
    }

    @Test(arguments: [
        ("a\nb\n", Values.Separator.newline, ["a", "b"]),
        ("a\nb", .newline, ["a", "b"]),
        (" a \n\n\n\tb\r\n", .newline, [" a ", "\tb\r"]),
        ("\n", .newline, []),
        ("", .newline, []),
        ("a\0b\n", .newline, ["a\0b"]),
        ("a\nb\0\0c\0", .nul, ["a\nb", "c"]),
        ("a\0b", .nul, ["a", "b"]),
        ("'a' \"b\"\\\n-rf\n", .newline, ["'a' \"b\"\\", "-rf"]),
    ])
    func splits(input: String, separator: Values.Separator, expected: [String]) throws {
        for chunk in [1, 2, 3, 1000] {
            #expect(try split(bytes(input), by: separator, chunk: chunk) == expected.map(bytes))
        }
    }

    @Test func keepsBytesThatAreNoText() throws {
        #expect(try split([0xFF, 10, 0xC3], by: .newline, chunk: 1) == [[0xFF], [0xC3]])
    }

    @Test(arguments: [1000, 100_000, 1_000_000])
    func aValueThatIsTooLongIsNamed(chunk: Int) throws {
        let longest = [UInt8](repeating: 97, count: Template.longestWord)
        #expect(try split(longest + [10], by: .newline, chunk: chunk) == [longest])
        #expect(throws: Values.TooLong(number: 3)) {
            try split(bytes("a\n\nb\n") + longest + [97], by: .newline, chunk: chunk)
        }
    }

    @Test func theValuesBeforeOneThatIsTooLongAreGiven() {
        var values = Values(separator: .newline)
        var found: [[UInt8]] = []
        let input = bytes("a\nb\n") + [UInt8](repeating: 97, count: Template.longestWord + 1)
        #expect(throws: Values.TooLong(number: 3)) { try values.feed(input[...], into: &found) }
        #expect(found == ["a", "b"].map(bytes))
    }
}

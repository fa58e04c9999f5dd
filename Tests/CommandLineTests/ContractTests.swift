import ProcessTesting
import Testing

extension RealProgram {
    /// The contract of the command line, each sentence.
    @Suite struct ContractRows {
        @Test(arguments: Contract.sentences.flatMap(\.rows)) func `what is promised is so`(_ row: Row)
            async throws
        {
            try await row.check()
        }
    }
}

@Suite struct ContractTableTests {
    @Test func `each sentence has a row, and each row a name of its own`() {
        for sentence in Contract.sentences { #expect(!sentence.rows.isEmpty, "\(sentence.text)") }
        let rows = Contract.sentences.flatMap(\.rows)
        #expect(rows.count >= 120)
        for (_, same) in Dictionary(grouping: rows, by: \.testDescription) { #expect(same.count == 1) }
    }

    @Test(arguments: [
        ("run 'a b' ::: \"c d\" $'\\xff\\n'", ["run", "a b", ":::", "c d", "\u{fffd}\n"]),
        ("  a''b  ''", ["ab", ""]),
    ])
    func `a command line is taken apart as bash does it`(line: String, words: [String]) {
        #expect(Words.split(line).map { String(decoding: $0, as: UTF8.self) } == words)
    }

    @Test(
        arguments: [
            ("a\n", "a\n", true), ("a\n", "a", false), ("took …\n", "took 3s\n", true),
            ("took …\n", "took 3s\nand more\n", false), ("", "", true), ("", "a", false),
            (.lines("b", "a"), "a\nb\n", true), (.lines("a"), "a\na\n", false),
            (.says("a", "b"), "xbxa", true), (.says("a", "b"), "xb", false),
            (.saysNot("a"), "b", true), (.saysNot("a"), "ba", false),
            (.both(.says("a"), .saysNot("b")), "ab", false), (.bytes([0x61]), "a", true),
        ] as [(Expected, String, Bool)])
    func `what is expected is told from what isn't`(expected: Expected, found: String, isSo: Bool) {
        #expect(expected.matches(bytes(found)) == isSo)
    }
}

import Testing

@testable import CommandTemplate

@Suite struct ArgumentTemplateTests {
    @Test(arguments: [
        (["gzip", "-k", "{}"], ["gzip", "-k", "a 'b'.log"]),
        (["cp", "{}", "out/{/}.bak"], ["cp", "a 'b'.log", "out/a 'b'.log.bak"]),
        (["echo", "{}{}", "--n={#}"], ["echo", "a 'b'.loga 'b'.log", "--n=3"]),
        (["echo", "'{}'", "\\{}", "$(x)"], ["echo", "'a 'b'.log'", "\\a 'b'.log", "$(x)"]),
        (["{}", "x"], ["a 'b'.log", "x"]),
        (["echo", "-n"], ["echo", "-n", "a 'b'.log"]),
        (["echo", "{", "}", "{a}"], ["echo", "{", "}", "{a}", "a 'b'.log"]),
        (["echo", ""], ["echo", "", "a 'b'.log"]),
    ])
    func fillsIn(words: [String], expected: [String]) throws {
        let template = try Template.parse(words: words.map(bytes))
        let filled = try template.invocation(for: bytes("a 'b'.log"), number: 3)
        #expect(filled == .arguments(expected.map(bytes)))
    }

    @Test(arguments: [
        // -I, word, filled in
        ("%", "{}%", "{}v.x"),
        ("{}", "{}{.}", "v.xv"),
        ("{.}", "{}{.}{/}", "{}v.xv.x"),
        ("{", "{.}{", "vv.x"),
        ("ab", "aab{/.}", "av.xv"),
    ])
    func replacementChangesOnlyTheValuesSpelling(replacement: String, word: String, expected: String) throws {
        let template = try Template.parse(words: ["echo", word].map(bytes), replacement: bytes(replacement))
        #expect(
            try template.invocation(for: bytes("v.x"), number: 1)
                == .arguments(["echo", expected].map(bytes)))
    }

    @Test(arguments: [
        ([], "{}", "no command was given"),
        (["", "x"], "{}", "no command was given"),
        (["x", "\0"], "{}", "the command holds a NUL byte, which no program can be given"),
        (["x", "y"], "", "-I: the replacement string is empty"),
    ])
    func refuses(words: [String], replacement: String, message: String) throws {
        let error = try #require(throws: TemplateError.self) {
            try Template.parse(words: words.map(bytes), replacement: bytes(replacement))
        }
        #expect(error.description == message)
    }

    @Test func refusesValuesThatNoProgramCanBeGiven() throws {
        let template = try Template.parse(words: ["echo", "a{}"].map(bytes))
        let longest = [UInt8](repeating: 97, count: Template.longestWord - 1)
        #expect(throws: Never.self) { try template.invocation(for: longest, number: 4) }
        #expect(throws: TemplateError.wordTooLong(number: 4)) {
            try template.invocation(for: longest + [97], number: 4)
        }
        #expect(throws: TemplateError.valueHoldsNUL(number: 5)) {
            try template.invocation(for: [97, 0], number: 5)
        }
    }

    @Test func aQuotedValueMayMakeTheLineTooLong() throws {
        let template = try shellTemplate("echo {}")
        #expect(throws: TemplateError.wordTooLong(number: 2)) {
            try template.invocation(for: [UInt8](repeating: UInt8(ascii: "'"), count: 40_000), number: 2)
        }
    }
}

import Testing

@testable import CommandTemplate

@Suite struct ShellQuotingTests {
    @Test(arguments: [
        ("", "''"), ("a", "a"), ("a.b/c-d_e:f,g+h@i", "a.b/c-d_e:f,g+h@i"), ("-k", "-k"), ("--a=b", "--a=b"),
        ("a=b", "'a=b'"),
        ("a b", "'a b'"), ("it's", #"'it'\''s'"#), ("'", #"''\'''"#), ("if", "'if'"), ("then", "'then'"),
        ("{", "'{'"),
        ("!", "'!'"), ("~", "'~'"), ("*", "'*'"), ("%1", "'%1'"), ("a\nb", "'a\nb'"), ("é", "'é'"),
    ])
    func isMinimal(word: String, quoted: String) {
        #expect(text(ShellQuoting.minimal(bytes(word))) == quoted)
    }

    @Test(arguments: [
        ("a\nb", #"$'a\012b'"#), ("\u{1B}[2J", #"$'\033[2J'"#), ("é'\\\u{7F}", #"$'é\047\134\177'"#),
        ("a\u{202E}b", #"$'a\342\200\256b'"#),
    ])
    func showsWhatCannotBeSeen(word: String, quoted: String) {
        #expect(ShellQuoting.visible(bytes(word)).map(text) == quoted)
    }

    @Test func showsBytesThatAreNoText() {
        #expect(ShellQuoting.visible([97, 0xFF, 98]).map(text) == #"$'a\377b'"#)
        #expect(ShellQuoting.visible(bytes("a b é")) == nil)
    }

    @Test(arguments: [
        (["gzip", "-k", "{}"], "a b", "gzip -k 'a b'"), (["a=b", "{}"], "if", "'a=b' 'if'"),
        (["gzip {} >{/}"], "x y", "gzip 'x y' >'x y'"),
        (["echo {}"], "\u{1B}", #"echo $'\033'"#), (["echo {}a"], "b", "echo 'b'a"),
    ])
    func printsForPeople(words: [String], value: String, expected: String) throws {
        let template = try Template.parse(words: words.map(bytes))
        #expect(try text(template.printed(for: bytes(value), number: 1, reader: .person)) == expected)
    }
}

import Testing

@testable import CommandTemplate

/// The rows are what GNU parallel 20221122 answers.
@Suite struct PlaceholderTests {
    @Test(arguments: [
        // value, {.}, {/}, {//}, {/.}
        ("foo", "foo", "foo", ".", "foo"),
        ("foo.jpg", "foo", "foo.jpg", ".", "foo"),
        ("foo.tar.gz", "foo.tar", "foo.tar.gz", ".", "foo.tar"),
        ("foo.", "foo", "foo.", ".", "foo"),
        ("sub.dir/foo.jpg", "sub.dir/foo", "foo.jpg", "sub.dir", "foo"),
        ("sub.dir/bar", "sub.dir/bar", "bar", "sub.dir", "bar"),
        (".bashrc", "", ".bashrc", ".", ""),
        ("a/.bashrc", "a/", ".bashrc", "a", ""),
        ("a/b/", "a/b/", "", "a", ""),
        ("a/b//", "a/b//", "", "a", ""),
        ("a//b", "a//b", "b", "a", "b"),
        ("/foo", "/foo", "foo", "/", "foo"),
        ("/", "/", "", "/", ""),
        ("//", "//", "", "/", ""),
        ("-r/-f.x", "-r/-f", "-f.x", "-r", "-f"),
        ("a b.c d", "a b", "a b.c d", ".", "a b"),
    ])
    func means(value: String, noExtension: String, base: String, folder: String, stem: String) throws {
        let template = try Template.parse(words: ["x", "{}", "{.}", "{/}", "{//}", "{/.}", "{#}"].map(bytes))
        let filled = try template.invocation(for: bytes(value), number: 7)
        #expect(
            filled
                == .arguments(["x", value, noExtension, base, folder, stem, "7"].map(bytes)))
    }

    @Test func bytesThatAreNoTextAreKept() throws {
        let template = try Template.parse(words: ["x", "{/.}"].map(bytes))
        let filled = try template.invocation(for: [0xFF, 47, 0xC3, 46, 0x80], number: 1)
        #expect(filled == .arguments([bytes("x"), [0xC3]]))
    }
}

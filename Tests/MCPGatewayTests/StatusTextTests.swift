import Testing

@testable import MCPGateway

/// What came from outside, as a model is shown it: in quotes that it can't end, and nothing hidden in it.
@Suite struct StatusTextTests {
    @Test(arguments: [
        ("thumbnails", "\"thumbnails\""), ("a\"b\\c", "\"a\\\"b\\\\c\""),
        ("a\n\u{1B}[31m", "\"a\\n\\u001b[31m\""),
        ("\u{7F}\u{85}\u{9B}", "\"\u{FFFD}\u{FFFD}\u{FFFD}\""),
        ("\u{202E}\u{2028}\u{E0041}", "\"\u{FFFD}\u{FFFD}\u{FFFD}\""),
        (String(repeating: "x", count: 201), "\"\(String(repeating: "x", count: 200))\""),
    ])
    func isQuoted(text: String, quoted: String) {
        #expect(StatusText.quoted(text) == quoted)
    }
}

import MatrixRoom
import Testing

@Suite struct SafeTextTests {
    @Test(arguments: [
        ("thumbnails", "thumbnails"),
        ("a\nb\r\n\tc\u{2028}d", "a b c d"),
        ("  spaces  at the ends ", "spaces at the ends"),
        ("\u{1B}[31mred\u{0}", "[31mred"),
        ("evil\u{202E}gpj.exe\u{202C}", "evilgpj.exe"),
        ("iso\u{2066}lated\u{2069}", "isolated"),
        ("zero\u{200B}width\u{FEFF}", "zerowidth"),
        ("private\u{E000}", "private\u{FFFD}"),
        ("👨\u{200D}👩\u{200D}👧", "👨\u{200D}👩\u{200D}👧"),
        ("a\u{301}\u{301}\u{301}\u{301}\u{301}b", "a\u{301}\u{301}\u{301}b"),
        ("@room wake up", "@\u{2060}room wake up"),
        ("@ROOM", "@\u{2060}ROOM"),
        ("x@\u{200B}room", "x@\u{2060}room"),
        ("**bold** _x_ `y`", "**bold** _x_ `y`"),
        ("שלום 12", "\u{2068}שלום 12\u{2069}"),
        ("\n\n", ""),
    ])
    func `what comes from outside stays one harmless line`(raw: String, safe: String) {
        #expect(Array(SafeText(raw, limit: 100).plain.unicodeScalars) == Array(safe.unicodeScalars))
    }

    @Test(arguments: [
        (String(repeating: "x", count: 10_240), 9, "xxxxxx…xx"),
        ("img_0000001.png", 12, "img_0000…png"),
        ("exactly ten", 11, "exactly ten"),
    ])
    func `long text keeps its ends`(raw: String, limit: Int, cut: String) {
        let text = SafeText(raw, limit: limit).plain
        #expect(text.unicodeScalars.count <= limit)
        #expect(text == cut)
    }
}

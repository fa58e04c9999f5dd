import Glibc
import Testing

@testable import CLIGateway

@Suite struct TerminalTextTests {
    @Test(arguments: [
        // raw, shown, columns, in ASCII
        ("IMG 1.png", "IMG 1.png", 9, "IMG 1.png"),
        ("\u{1B}[31mred\u{7}", "␛[31mred␇", 9, "?[31mred?"),
        ("a\nb\r\tc\u{7F}", "a␊b␍ c␡", 7, "a?b? c?"),
        ("\u{9B}2J\u{85}\u{2028}", "\u{FFFD}2J\u{FFFD}\u{FFFD}", 5, "?2J??"),
        ("a\u{202E}b\u{200B}c\u{FEFF}\u{2066}", "abc", 3, "a?b?c??"),
        ("名前", "名前", 4, "??"),
        ("한글", "한글", 4, "??"),
        ("e\u{301}a", "e\u{301}a", 2, "e?a"),
        ("\u{301}a", "a", 1, "?a"),
        ("a\u{301}\u{302}\u{303}\u{304}\u{305}", "a\u{301}\u{302}\u{303}", 1, "a?????"),
        ("👩‍👧", "👩👧", 4, "???"),
        ("👍🏽", "👍", 2, "??"),
        ("❤️", "❤", 1, "??"),
        ("\u{E000}\u{10FFFF}", "\u{FFFD}\u{FFFD}", 2, "??"),
        ("שלום", "\u{200E}שלום\u{200E}", 4, "????"),
    ])
    func isHarmless(raw: String, shown: String, columns: Int, ascii: String) {
        let text = TerminalText(raw, unicode: true)
        #expect(text.text.unicodeScalars.elementsEqual(shown.unicodeScalars))
        #expect(text.width == columns)
        #expect(TerminalText(raw, unicode: false).text == ascii)
    }

    @Test(arguments: [
        ("thumbnails of the year", 22, "thumbnails of the year"),
        ("thumbnails of the year", 12, "thumbnails …"),
        ("holidays/2024/IMG_2041.png", 14, "holida…041.png"),
        ("archive.tar.gz", 10, "arch…ar.gz"),
        ("a/b", 2, "a…"), ("abc", 1, "…"), ("abc", 0, ""),
        ("名前名前", 6, "名前…"), ("名前名前", 4, "名…"), ("名前名前.png", 9, "名前….png"),
    ])
    func isCutSensibly(raw: String, width: Int, cut: String) {
        let shown = TerminalText(raw, unicode: true).cut(to: width)
        #expect(shown == cut)
        #expect(ScalarColumns.of(shown) <= width)
    }

    @Test func isCutInASCII() {
        #expect(TerminalText("thumbnails of", unicode: false).cut(to: 8) == "thumbn..")
        #expect(TerminalText("thumbnails of", unicode: false).cut(to: 2) == "..")
        #expect(TerminalText("thumbnails of", unicode: false).cut(to: 1) == ".")
    }

    @Test(arguments: nastyLabels)
    func nothingThatMovesTheCursorIsLeft(label: String) {
        for unicode in [true, false] {
            for width in [0, 1, 2, 5, 17, 300] {
                let shown = TerminalText(label, unicode: unicode).cut(to: width)
                #expect(ScalarColumns.of(shown) <= width)
                #expect(!shown.unicodeScalars.contains { $0.properties.generalCategory == .control })
                #expect(unicode || shown.unicodeScalars.allSatisfy(\.isASCII))
            }
        }
    }

    /// A scalar that takes more than we think would break the line.
    @Test func noScalarIsWiderThanItIsCounted() {
        let planes = [0x20...0x1FFFF, 0x2FF00...0x30100, 0x3FF00...0x3FFFF, 0xE0000...0xE0200]
        let wider = planes.joined().compactMap { Unicode.Scalar(UInt32($0)) }.filter { scalar in
            let shown = TerminalText(String(scalar), unicode: true)
            return shown.text.unicodeScalars.count == 1 && shown.width < libraryWidth(scalar)
        }
        #expect(wider.isEmpty, "\(wider.prefix(20).map { String($0.value, radix: 16) })")
    }
}

/// Columns as glibc counts them.
enum ScalarColumns {
    static func of(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + max(0, libraryWidth($1)) }
    }
}

import Testing

@testable import CLIGateway

@Suite struct ViewStyleTests {
    @Test(arguments: [
        (["TERM": "xterm", "LANG": "en_US.UTF-8"], true, true),
        (["TERM": "xterm", "LANG": "C.utf8"], true, true),
        (["TERM": "xterm", "LANG": "C"], true, false),
        (["TERM": "xterm"], true, false),
        (["TERM": "xterm", "LANG": "C", "LC_CTYPE": "C.UTF-8"], true, true),
        (["TERM": "xterm", "LANG": "de_DE.UTF-8", "LC_ALL": "POSIX"], true, false),
        (["TERM": "xterm", "LANG": "de_DE.UTF-8", "LC_ALL": ""], true, true),
        (["TERM": "xterm", "LANG": "de_DE.UTF-8", "NO_COLOR": "1"], false, true),
        (["TERM": "xterm", "LANG": "de_DE.UTF-8", "NO_COLOR": ""], true, true),
        (["TERM": "dumb", "LANG": "de_DE.UTF-8"], false, false),
    ])
    func followsTheEnvironment(environment: [String: String], colour: Bool, unicode: Bool) {
        #expect(ViewStyle(environment: environment) == ViewStyle(colour: colour, unicode: unicode))
    }

    @Test func coloursDontCountAsWidth() {
        var line = ViewLine(ViewStyle(colour: true, unicode: true))
        line.add("ab", .bad)
        line.add("名")
        line.pad(to: 6)
        #expect(line.text == "\u{1B}[31mab\u{1B}[0m名  ")
        #expect(line.width == 6)
    }

    @Test(arguments: [
        // fraction, ended, width, Unicode, ASCII
        (0, false, 4, "░░░░", "[  ]"), (0.5, false, 4, "██░░", "[> ]"), (0.54, false, 4, "██▏░", "[> ]"),
        (0.999, false, 4, "███▉", "[> ]"), (1, false, 4, "███▉", "[> ]"), (1, true, 4, "████", "[==]"),
        (.nan, false, 4, "░░░░", "[  ]"), (7, true, 4, "████", "[==]"), (-1, false, 4, "░░░░", "[  ]"),
        (0.5, false, 12, "██████░░░░░░", "[====>     ]"), (0.3, true, 1, "▎", " "),
    ])
    func barsAreFineGrained(fraction: Double, isEnded: Bool, width: Int, unicode: String, ascii: String) {
        let bar = ProgressBar(fraction: fraction, isEnded: isEnded)
        for (style, expected) in [(ViewStyle.plain, unicode), (.ascii, ascii)] {
            var line = ViewLine(style)
            bar.add(to: &line, width: width, role: .running, unicode: style.unicode)
            #expect(line.text == expected)
            #expect(line.width == width)
        }
    }
}

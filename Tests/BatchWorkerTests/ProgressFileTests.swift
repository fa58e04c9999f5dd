import Testing

@testable import BatchWorker

@Suite struct ProgressFileTests {
    static let lines: [(line: String, progress: Double?, message: String?)] = [
        ("0", 0, nil), ("1", 1, nil), ("0.4", 0.4, nil), ("0.4 resizing", 0.4, "resizing"),
        ("0.4 resizing cat.png now", 0.4, "resizing cat.png now"), ("  0.4  x", 0.4, " x"), (".5", 0.5, nil),
        ("1e-1", 0.1, nil),
        ("0.4 " + String(repeating: "x", count: 300), 0.4, String(repeating: "x", count: 200)),
        ("", nil, nil), (" ", nil, nil), ("half", nil, nil), ("40%", nil, nil), ("0,4", nil, nil),
        ("-0.1", nil, nil),
        ("1.01", nil, nil), ("nan", nil, nil), ("inf", nil, nil), ("resizing 0.4", nil, nil),
        ("0.4resizing", nil, nil),
    ]

    @Test(arguments: lines)
    func theLineSays(line: String, progress: Double?, message: String?) {
        let parsed = ProgressFile.parse(Array(line.utf8))
        #expect(parsed?.progress == progress && parsed?.message == message)
    }

    @Test func bytesThatAreNoTextAreShownSo() {
        let parsed = ProgressFile.parse(Array("0.5 ".utf8) + [0xff])
        #expect(parsed?.message == "\u{fffd}")
    }
}

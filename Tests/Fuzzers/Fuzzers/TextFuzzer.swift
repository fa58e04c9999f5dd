import BatchProgress
import FoundationEssentials

@testable import CLIGateway
@testable import ChildProcess
@testable import MCPGateway
@testable import MatrixAPI
@testable import MatrixRoom

extension Fuzzer {
    /// Labels and messages on their way to terminals, rooms and models. The first byte is a width.
    static let text = Fuzzer(name: "text") { bytes in
        let (width, text) = (Int(bytes.first ?? 0), String(decoding: bytes.dropFirst(), as: UTF8.self))
        checkTerminal(text, width)
        checkRoom(text, limit: max(1, width))
        let line = printable(bytes.dropFirst())
        require(
            !line.unicodeScalars.contains { $0.properties.generalCategory == .control }, line.debugDescription
        )
        requireHarmless([text.shown, StatusText.quoted(text)])
        require(text.shown.unicodeScalars.count <= 201, "\(text.shown.unicodeScalars.count) characters")
        let quoted = try? JSONDecoder().decode(String.self, from: Data(StatusText.quoted(text).utf8))
        require(quoted != nil, "no quoted text: \(StatusText.quoted(text))")
        checkNumbers(Array(bytes))
    }

    private static func checkTerminal(_ text: String, _ width: Int) {
        for unicode in [true, false] {
            let safe = TerminalText(text, unicode: unicode)
            let cut = safe.cut(to: width)
            requireHarmless([safe.text, cut])
            require(
                columns(safe.text) == safe.width, "\(safe.text.debugDescription) is not \(safe.width) wide")
            require(columns(cut) <= width, "\(cut.debugDescription) is wider than \(width)")
            require(unicode || cut.utf8.allSatisfy { $0 < 0x80 }, "not ASCII: \(cut.debugDescription)")
        }
    }

    private static func columns(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + $1.terminalWidth }
    }

    private static func checkRoom(_ text: String, limit: Int) {
        let safe = SafeText(text, limit: limit)
        requireHarmless([safe.plain])
        // Twice a mark around it, and a joiner in each @room.
        let rooms = safe.plain.unicodeScalars.count { $0 == "\u{2060}" }
        require(safe.plain.unicodeScalars.count <= limit + 2 + rooms, "longer than \(limit)")
        require(!safe.plain.lowercased().contains("@room"), safe.plain.debugDescription)
        require(!safe.html.contains { "<>\"'".contains($0) }, safe.html)
    }

    private static func checkNumbers(_ bytes: [UInt8]) {
        let bits = bytes.prefix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        let number = Double(bitPattern: bits)
        let texts = [
            HumanText.rate(number), HumanText.duration(seconds: number), HumanText.wholeSeconds(number),
            HumanText.timeLeft(seconds: number), HumanText.count(Int(bitPattern: UInt(bits))),
        ]
        require(texts.allSatisfy { ($0?.count ?? 1) <= 26 }, "\(texts)")
    }
}

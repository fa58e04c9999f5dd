import BatchProgress
import Glibc
import Testing

@testable import CLIGateway

let noon = Timestamp(microseconds: 1_800_000_000_000_000)

extension ViewStyle {
    static let plain = ViewStyle(colour: false, unicode: true)
    static let ascii = ViewStyle(colour: false, unicode: false)
}

extension BatchID {
    init(literal text: String) {
        guard let id = BatchID(text) else { preconditionFailure("\(text) is no batch id") }
        self = id
    }
}

/// An event in one line: what isn't named is as in a batch that runs without trouble.
func batch(
    _ label: String?, _ finished: Int, of total: Int, failed: Int = 0, _ status: BatchStatus = .processing,
    rate: Double? = nil, left: Double? = nil, took seconds: Double? = nil, cancelling: Bool? = nil,
    errors: [BatchFailure]? = nil, current: String? = nil, id: String = "7k3mxp"
) -> BatchProgressEvent {
    // What is under way has begun; how long ago isn't shown.
    let seconds = seconds ?? (status.isEnd || status == .pending ? nil : 3600)
    return BatchProgressEvent(
        batchId: BatchID(literal: id), totalOperations: total, completedOperations: finished - failed,
        failedOperations: failed, currentOperation: current, status: status, errors: errors, revision: 1,
        label: label,
        progress: total == 0 ? 0 : Double(finished) / Double(total), operationsPerSecond: rate,
        estimatedSecondsRemaining: left, startedAt: seconds.map { noon + .milliseconds(-Int64($0 * 1000)) },
        updatedAt: noon, cancelling: cancelling)
}

func frame(
    _ batches: [LiveBatch], _ columns: Int, rows: Int = 24, connection: LiveConnection = .connected,
    style: ViewStyle = .plain, at now: Timestamp = noon
) -> [ViewLine] {
    let state = LiveState(batches: batches, connection: connection)
    return LiveView(state, size: TerminalSize(columns: columns, rows: rows), style: style, now: now).lines
}

/// Always the same numbers for a seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// glibc's opinion, as a second one beside the view's own table. Swift's Glibc module doesn't have the function.
func libraryWidth(_ scalar: Unicode.Scalar) -> Int {
    Int(wcwidth(wchar_t(scalar.value)))
}

private let wcwidth: @convention(c) (wchar_t) -> Int32 = {
    guard setlocale(LC_CTYPE, "C.UTF-8") != nil, let symbol = dlsym(nil, "wcwidth") else {
        preconditionFailure("glibc has wcwidth, and a locale C.UTF-8")
    }
    return unsafeBitCast(symbol, to: (@convention(c) (wchar_t) -> Int32).self)
}()

/// Labels that somebody may choose to spoil the screen, or because their language is written so.
let nastyLabels = [
    "", " ", "a", "thumbnails", "a/very/long/path/to/a/file with a name that does not end soon.tar.gz",
    "\u{1B}[2J\u{1B}[H", "\u{1B}]0;owned\u{7}", "\u{9B}31m", "a\nb\r\nc\td", "\u{8}\u{8}\u{8}\u{7F}", "\u{0}",
    "名前の長いファイル、とても長い名前.png", "한국어 파일 이름", "שלום עולם.txt", "مرحبا بالعالم", "\u{202E}txt.exe",
    "\u{2066}a\u{2069}",
    "👩‍👩‍👧‍👦 family", "👍🏽👍🏿", "🇩🇪🇫🇷🇯🇵", "❤️☺️", "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}", "\u{301}", "नमस्ते दुनिया", "ﷺ﷽",
    "\u{FEFF}\u{200B}\u{200D}", "\u{2028}\u{2029}\u{85}", "\u{E000}\u{F8FF}", "\u{10FFFF}",
    "\u{FFFD}\u{FFFD}", "█▉░",
    String(repeating: "x", count: 5000), String(repeating: "字", count: 5000),
    String(repeating: "a\u{300}", count: 3000),
]

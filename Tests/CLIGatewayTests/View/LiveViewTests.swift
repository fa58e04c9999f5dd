import BatchProgress
import Testing

@testable import CLIGateway

@Suite struct LiveViewTests {
    private static let three = [
        LiveBatch(
            event: batch("thumbnails", 3371, of: 5812, failed: 2, rate: 41, left: 59.2),
            running: [
                RunningOperation(label: "IMG_2042.png", startedAt: noon + .seconds(-3.4)),
                RunningOperation(
                    label: "raw/2024/IMG_2041.png", progress: 0.456, startedAt: noon + .seconds(-12.9)),
            ]),
        LiveBatch(event: batch("invoices", 84, of: 400, .paused, id: "b")),
        LiveBatch(
            event: batch("mails", 120, of: 120, .completed, took: 125, id: "c"),
            running: [RunningOperation(label: "asked for before the end")]),
    ]

    static let widths: [(Int, String)] = [
        (
            40,
            """
            ⠋ thumbnails █████▊░░░░  58%  2✗  1m 00s
                  12s  raw/2024/IMG_2041.png  45%
                   3s  IMG_2042.png
            ‖ invoices   ██░░░░░░░░  21%      paused
            ✓ mails      ██████████ 100%      2m 05s
            """
        ),
        (
            60,
            """
            ⠋ thumbnails █████████▊░░░░░░░  58%  3,371/5,812  2✗  1m 00s
                  12s  raw/2024/IMG_2041.png  45%
                   3s  IMG_2042.png
            ‖ invoices   ███▌░░░░░░░░░░░░░  21%       84/400      paused
            ✓ mails      █████████████████ 100%      120/120      2m 05s
            """
        ),
        (
            80,
            """
            ⠋ thumbnails ██████████▍░░░░░░░  58%  3,371/5,812  2 failed    41/s  1m 00s left
                  12s  raw/2024/IMG_2041.png  45%
                   3s  IMG_2042.png
            ‖ invoices   ███▊░░░░░░░░░░░░░░  21%       84/400                    paused
            ✓ mails      ██████████████████ 100%      120/120                    in 2m 05s
            """
        ),
        (
            120,
            """
            ⠋ thumbnails ███████████████████████████▎░░░░░░░░░░░░░░░░░░░  58%  3,371/5,812  2 failed  2 running    41/s  1m 00s left
                  12s  raw/2024/IMG_2041.png  45%
                   3s  IMG_2042.png
            ‖ invoices   █████████▊░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  21%       84/400                               paused
            ✓ mails      ███████████████████████████████████████████████ 100%      120/120                               in 2m 05s
            """
        ),
        (
            200,
            """
            ⠋ thumbnails ███████████████████████████▊░░░░░░░░░░░░░░░░░░░░  58%  3,371/5,812  2 failed  2 running    41/s  1m 00s left
                  12s  raw/2024/IMG_2041.png  45%
                   3s  IMG_2042.png
            ‖ invoices   ██████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  21%       84/400                               paused
            ✓ mails      ████████████████████████████████████████████████ 100%      120/120                               in 2m 05s
            """
        ),
    ]

    @Test(arguments: widths)
    func threeBatches(columns: Int, expected: String) {
        #expect(frame(Self.three, columns).map(\.text).joined(separator: "\n") == expected)
    }

    static let plainWidths: [(Int, String)] = [
        (
            40,
            """
            | thumbnails [===>    ]  58%  2x  1m 00s
                  12s  raw/2024/IMG_2041.png  45%
                   3s  IMG_2042.png
            = invoices   [>       ]  21%      paused
            + mails      [========] 100%      2m 05s
            """
        ),
        (
            80,
            """
            | thumbnails [========>       ]  58%  3,371/5,812  2 failed    41/s  1m 00s left
                  12s  raw/2024/IMG_2041.png  45%
                   3s  IMG_2042.png
            = invoices   [==>             ]  21%       84/400                    paused
            + mails      [================] 100%      120/120                    in 2m 05s
            """
        ),
    ]

    @Test(arguments: plainWidths)
    func threeBatchesInASCII(columns: Int, expected: String) {
        #expect(frame(Self.three, columns, style: .ascii).map(\.text).joined(separator: "\n") == expected)
    }

    static let states: [(BatchProgressEvent, String)] = [
        (
            batch("b", 0, of: 10, .pending),
            "○ b ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   0%  0/10  waiting"
        ),
        (
            batch("b", 0, of: 0, .pending),
            "○ b ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   0%  0/0  waiting"
        ),
        (
            batch("b", 3, of: 10),
            "⠋ b ██████████████▍░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  30%  3/10"
        ),
        (
            batch("b", 9_999, of: 10_000, rate: 1234, left: 0.1),
            "⠋ b ███████████████████████████▉  99%  9,999/10,000  1.2k/s  1s left"
        ),
        (
            batch("b", 5, of: 10, failed: 1, cancelling: true),
            "⠋ b █████████████████░░░░░░░░░░░░░░░░░  50%  5/10  1 failed  cancelling"
        ),
        (
            batch("b", 5, of: 10, .paused),
            "‖ b ██████████████████████░░░░░░░░░░░░░░░░░░░░░░  50%  5/10  paused"
        ),
        (
            batch("b", 10, of: 10, .completed, took: 0.85),
            "✓ b ███████████████████████████████████████████ 100%  10/10  in 850ms"
        ),
        (
            batch("b", 0, of: 0, .completed),
            "✓ b ████████████████████████████████████████████████ 100%  0/0"
        ),
        (
            batch("b", 10, of: 10, failed: 10, .failed, took: 90_000),
            "✗ b ████████████████████████████████ 100%  10/10  10 failed  in 1d 1h"
        ),
        (
            batch("b", 10, of: 10, failed: 1, .cancelled),
            "⊘ b █████████████████████████████████ 100%  10/10  1 failed  cancelled"
        ),
        (
            batch(nil, 1, of: 3),
            "⠋ 7k3mxp ████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  33%  1/3"
        ),
    ]

    @Test(arguments: states)
    func eachStatus(event: BatchProgressEvent, expected: String) {
        #expect(frame([LiveBatch(event: event)], 72).map(\.text) == [expected])
    }

    @Test func coloursAreCalm() {
        let lines = frame([Self.three[0]], 40, rows: 2, style: ViewStyle(colour: true, unicode: true))
        #expect(
            lines.map(\.text) == [
                "\u{1B}[36m⠋\u{1B}[0m thumbnails \u{1B}[36m█████▊\u{1B}[0m\u{1B}[2m░░░░\u{1B}[0m  \u{1B}[1m58%\u{1B}[0m"
                    + "  \u{1B}[31m2✗\u{1B}[0m  1m 00s"
            ])
    }

    @Test func theSpinnerTurnsTenTimesASecondAndStandsStillWhenLost() {
        let batches = [LiveBatch(event: batch("b", 1, of: 2))]
        let signs = (0..<11).map { tenths in
            frame(batches, 40, at: noon + .milliseconds(tenths * 100))[0].text.first
        }
        #expect(Set(signs).count == 10 && signs[0] == signs[10])
        #expect(frame(batches, 40, connection: .lost(since: noon))[0].text.first == "·")
    }

    // MARK: - More than there is room for

    static let many: [LiveBatch] = (0..<20).map { number in
        let status: BatchStatus = number % 5 == 0 ? .paused : number % 5 == 1 ? .pending : .processing
        return LiveBatch(
            event: batch(
                "batch \(number)", number, of: 40, failed: number == 19 ? 1 : 0, status, id: "b\(number)"))
    }

    @Test(
        arguments: [
            (21, nil, 20), (20, "… and 2 more (2 waiting)", 18),
            (11, "… and 11 more (4 paused, 4 waiting)", 9),
            (4, "… and 18 more (4 paused, 4 waiting)", 2), (3, "… and 19 more (4 paused, 4 waiting)", 1),
            (2, nil, 1),
        ] as [(Int, String?, Int)])
    func theMostInterestingAreShown(rows: Int, last: String?, shown: Int) {
        let lines = frame(Self.many, 80, rows: rows).map(\.text)
        #expect(lines.count == shown + (last == nil ? 0 : 1))
        if let last { #expect(lines.last == last) }
        #expect(lines.contains { $0.contains("batch 19") }, "the one with a failure")
    }

    @Test func theShownKeepTheirOrder() {
        let lines = frame(Self.many, 80, rows: 6).dropLast().map { $0.text.dropFirst(2).prefix(8) }
        #expect(lines == ["batch 2 ", "batch 3 ", "batch 4 ", "batch 19"])
    }

    @Test func whatBeganFirstComesFirst() {
        let batches = [
            LiveBatch(event: batch("waits", 0, of: 4, .pending, id: "w")),
            LiveBatch(event: batch("second", 1, of: 4, took: 10, id: "s")),
            LiveBatch(event: batch("first", 1, of: 4, took: 20, id: "f")),
            LiveBatch(event: batch("waits too", 0, of: 4, .pending, id: "x")),
        ]
        let labels = frame(batches, 80).map { $0.text.dropFirst(2).prefix(9) }
        #expect(labels == ["first    ", "second   ", "waits    ", "waits too"])
    }

    @Test(arguments: [0, 1])
    func nothingIsShownWithoutARowForTheCursor(rows: Int) {
        #expect(frame(Self.many, 80, rows: rows).isEmpty)
    }

    @Test func whatRunsIsListedWhileThereIsRoom() {
        let running = (1...12).map { RunningOperation(label: "op \($0)", startedAt: noon + .seconds(-$0)) }
        let batches = [
            LiveBatch(event: batch("a", 1, of: 40), running: running),
            LiveBatch(event: batch("b", 1, of: 40)),
        ]
        let texts = { (rows: Int) in frame(batches, 60, rows: rows).map(\.text) }
        #expect(texts(3).count == 2)
        #expect(texts(4)[1] == "           and 12 more")
        #expect(texts(6)[1...3] == ["      12s  op 12", "      11s  op 11", "           and 10 more"])
        #expect(texts(24)[8] == "           and 5 more")
        #expect(texts(24).count == 10)
    }

    @Test func theRowsForWhatRunsAreDealtOutFairly() {
        let running = (1...5).map { RunningOperation(label: "op \($0)", startedAt: noon + .seconds(-$0)) }
        let batches = ["a", "b"].map { LiveBatch(event: batch($0, 1, of: 40), running: running) }
        let lines = frame(batches, 60, rows: 8).map(\.text)
        #expect(lines.count == 7)
        #expect(lines[4].hasPrefix("⠋ b"))
    }

    @Test func theCurrentOperationStandsInForWhatRuns() {
        let lines = frame([LiveBatch(event: batch("a", 1, of: 2, current: "x.png"))], 40).map(\.text)
        #expect(lines.last == "           x.png")
        #expect(frame([LiveBatch(event: batch("a", 2, of: 2, .completed, current: "x.png"))], 40).count == 1)
    }

    /// What an operation says of itself stands behind its number, cut to the width; a long label leaves it a third.
    @Test(
        arguments: [
            ("a.mp4", 0.25, "encoding", 80, "      12s  a.mp4  25%  encoding"),
            ("a.mp4", nil, "waiting for the disk", 80, "      12s  a.mp4  waiting for the disk"),
            ("a.mp4", 0.25, "encoding\n\u{1B}[2J", 80, "      12s  a.mp4  25%  encoding␊␛[2J"),
            (
                "a.mp4", 0.25, "encoding the second of many passes", 40,
                "      12s  a.mp4  25%  encoding the sec…"
            ),
            (
                "a/very/long/path/to/a/film.mp4", 0.25, "encoding", 40,
                "      12s  a/very…/film.mp4  25%  encod…"
            ),
            ("a/very/long/path/to/a/film.mp4", 0.25, "encoding", 24, "   12s  a/ve…lm.mp4  25%"),
            ("a.mp4", 0.25, "", 80, "      12s  a.mp4  25%"),
        ] as [(String, Double?, String, Int, String)])
    func whatAnOperationSaysIsShown(
        label: String, progress: Double?, message: String, columns: Int, line: String
    ) {
        let operation = RunningOperation(
            label: label, progress: progress, message: message, startedAt: noon + .seconds(-12.9))
        let batch = LiveBatch(event: batch("a", 1, of: 2), running: [operation])
        #expect(frame([batch], columns).map(\.text).last == line)
    }

    // MARK: - The connection

    @Test(
        arguments: [
            (LiveConnection.connected, 0, nil),
            (.lost(since: noon), 0.5, "! coordinator lost for 1s, trying again; the above may be old"),
            (.lost(since: noon), 75, "! coordinator lost for 1m 15s, trying again; the above may be old"),
            (.caughtUp(at: noon, after: .seconds(12)), 2.9, "✓ coordinator found again after 12s"),
            (.caughtUp(at: noon, after: .seconds(12)), 3, nil),
        ] as [(LiveConnection, Double, String?)])
    func theConnectionIsTold(connection: LiveConnection, seconds: Double, line: String?) {
        let now = noon + .milliseconds(Int64(seconds * 1000))
        let lines = frame([LiveBatch(event: batch("a", 1, of: 2))], 80, connection: connection, at: now)
        #expect(lines.dropFirst().map(\.text) == (line.map { [$0] } ?? []))
    }

    // MARK: - What there is to do

    @Test(
        arguments: [
            (.draining, 0, "stopping: Ctrl-C again ends what runs"),
            (.draining, 1, "stopping: 1 runs; Ctrl-C again ends it"),
            (.draining, 2, "stopping: 2 run; Ctrl-C again ends them"),
            (.ending, 1, "ending what runs; Ctrl-C again kills it"),
            (.ending, 2, "ending 2; Ctrl-C again kills them"),
        ] as [(RunInterruption, Int, String)])
    func anInterruptedRunSaysWhatTheNextCtrlCDoes(
        interruption: RunInterruption, running: Int, line: String
    ) {
        let operations = (0..<running).map { RunningOperation(label: "op \($0)") }
        let state = LiveState(
            batches: [LiveBatch(event: batch("a", 1, of: 9, .paused), running: operations)],
            interruption: interruption)
        let size = TerminalSize(columns: 80, rows: 24)
        let lines = LiveView(state, size: size, style: .plain, now: noon).lines.map(\.text)
        #expect(lines.count == running + 2 && lines.last == line)
    }

    @Test func whyABatchStandsStillIsSaidBelowIt() {
        let batches = [
            LiveBatch(event: batch("a", 0, of: 2, .pending), standstill: "no worker takes operations"),
            LiveBatch(event: batch("b", 0, of: 2, .pending)),
        ]
        #expect(frame(batches, 80).map(\.text)[1] == "           no worker takes operations")
        #expect(frame(batches, 80, rows: 3).count == 2)
    }

    @Test func anEmptyStateIsNoLine() {
        #expect(frame([], 80).isEmpty)
    }
}

import BatchClient
import Glibc
import ProcessTesting
import Testing

/// The live view as a person sees it, in a real terminal.
@Suite(Room()) struct TerminalTests {
    /// A batch that stands still: some have completed or failed, nobody takes the rest, and it is paused.
    struct Still: Sendable {
        var label: String
        var completed: Int
        var failed = 0
        var total: Int
    }

    /// How they look on terminals of these sizes.
    struct Looks: CustomTestStringConvertible {
        var what: String
        var batches: [Still]
        var screens: [(columns: Int, rows: Int, screen: String)]

        var testDescription: String { what }
    }

    static let looks = [
        Looks(
            what: "one batch", batches: [Still(label: "thumbnails", completed: 4, failed: 1, total: 10)],
            screens: [
                (
                    40, 24,
                    """
                    ✗ thumbnails: operation 4: the data of '
                    sleep' is a number of seconds, 0 to 8640
                    0
                    ‖ thumbnails █████░░░░░  50%  1✗  paused
                    """
                ),
                (
                    80, 24,
                    """
                    ✗ thumbnails: operation 4: the data of 'sleep' is a number of seconds, 0 to 8640
                    0
                    ‖ thumbnails ████████████████▌░░░░░░░░░░░░░░░░  50%  5/10  1 failed  paused
                    """
                ),
                (
                    200, 24,
                    """
                    ✗ thumbnails: operation 4: the data of 'sleep' is a number of seconds, 0 to 86400
                    ‖ thumbnails ████████████████████████░░░░░░░░░░░░░░░░░░░░░░░░  50%  5/10  1 failed  paused
                    """
                ),
            ]),
        Looks(
            what: "labels that are long, wide, and written from the right",
            batches: [
                Still(label: String(repeating: "a long label ", count: 16), completed: 1, total: 3),
                Still(label: "日本語のラベル画像変換バッチ", completed: 50, total: 100),
                Still(label: "שלום עולם", completed: 1200, total: 1235),
            ],
            screens: [
                (
                    40, 24,
                    """
                    ‖ a long labe… ████░░░░░░░░  33%  paused
                    ‖ 日本語のラ…  ██████░░░░░░  50%  paused
                    ‖ \u{200E}שלום עולם\u{200E}    ███████████▋  97%  paused
                    """
                ),
                (
                    80, 24,
                    """
                    ‖ a long label a long … ████████▎░░░░░░░░░░░░░░░░  33%          1/3  paused
                    ‖ 日本語のラベル画像変… ████████████▌░░░░░░░░░░░░  50%       50/100  paused
                    ‖ \u{200E}שלום עולם\u{200E}             ████████████████████████▎  97%  1,200/1,235  paused
                    """
                ),
            ]),
        Looks(
            what: "more batches than rows",
            batches: (1...30).map { Still(label: "batch number \($0)", completed: $0, total: 31) },
            screens: [
                (
                    40, 8,
                    """
                    ‖ batch…mber 1 ▍░░░░░░░░░░░   3%  paused
                    ‖ batch…mber 2 ▊░░░░░░░░░░░   6%  paused
                    ‖ batch…mber 3 █▏░░░░░░░░░░   9%  paused
                    ‖ batch…mber 4 █▌░░░░░░░░░░  12%  paused
                    ‖ batch…mber 5 █▉░░░░░░░░░░  16%  paused
                    ‖ batch…mber 6 ██▎░░░░░░░░░  19%  paused
                    … and 24 more (24 paused)
                    """
                ),
                (
                    80, 8,
                    """
                    ‖ batch number 1 █▎░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   3%  1/31  paused
                    ‖ batch number 2 ██▌░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   6%  2/31  paused
                    ‖ batch number 3 ███▊░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   9%  3/31  paused
                    ‖ batch number 4 █████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  12%  4/31  paused
                    ‖ batch number 5 ██████▎░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  16%  5/31  paused
                    ‖ batch number 6 ███████▌░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  19%  6/31  paused
                    … and 24 more (24 paused)
                    """
                ),
                (
                    200, 34,
                    """
                    ‖ batch number 1  █▌░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   3%   1/31  paused
                    …
                    ‖ batch number 30 ██████████████████████████████████████████████▍░  96%  30/31  paused
                    """
                ),
            ]),
    ]

    @Test(arguments: looks) func looksLikeThis(_ looks: Looks) async throws {
        try await withStill(looks.batches) { home in
            for (columns, rows, screen) in looks.screens {
                let terminal = try await Terminal(in: home, columns: columns, rows: rows)
                try await terminal.type("clear; tally watch")
                try await terminal.becomes(screen)
            }
        }
    }

    /// However it is drawn larger and smaller, it comes to rest as if it had always been so.
    @Test func followsTheTerminalsSize() async throws {
        let looks = Self.looks[1]
        try await withStill(looks.batches) { home in
            let terminal = try await Terminal(in: home, columns: 200)
            try await terminal.type("clear; tally watch")
            try await terminal.shows("the batches") { $0.count == 3 }
            for columns in [60, 120, 33, 70, 41, 80, 40] { try await terminal.resize(columns: columns) }
            for (columns, rows, screen) in looks.screens {
                try await terminal.resize(columns: columns, rows: rows)
                let pattern = OutputPattern(screen)
                try await terminal.shows("the same at \(columns) columns") {
                    pattern.matches($0.suffix(looks.batches.count).joined(separator: "\n"))
                }
            }
        }
    }

    private func withStill(_ batches: [Still], _ body: (Home) async throws -> Void) async throws {
        try await withCoordinator { home, _ in
            let worker = try home.worker(slots: 2)
            for (index, batch) in batches.enumerated() {
                let rest = batch.total - batch.completed - batch.failed
                let lines =
                    Array(repeating: #"{"type": "no-op"}"#, count: batch.completed)
                    + Array(repeating: #"{"type": "sleep", "data": "x"}"#, count: batch.failed)
                    + Array(repeating: #"{"type": "nobody-takes-this"}"#, count: rest)
                try await home.submit("b\(index)", lines, arguments: ["--label", batch.label])
                try await eventually("what can end has ended") {
                    let event = try await home.event(of: "b\(index)")
                    return event.completedOperations == batch.completed
                        && event.failedOperations == batch.failed
                }
                #expect(try await home.run("pause", "b\(index)").ending == .exited(0))
            }
            worker.signal(SIGTERM)
            try await body(home)
        }
    }
}

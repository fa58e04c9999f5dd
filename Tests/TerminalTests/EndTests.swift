import Glibc
import ProcessTesting
import Testing

/// What is left on the terminal when a command has ended, however that came.
@Suite(Room()) struct EndTests {
    struct Row: CustomTestStringConvertible {
        var what: String
        var command: String
        /// Each pressed once this is on the screen: two signals at once would be one.
        var keys: [(key: String, awaited: String)] = []
        var screen: String

        var testDescription: String { what }
    }

    /// Commands that wait until they are ended.
    private static let endless = "tally run --jobs 2 'sleep 600; : {}' ::: a b c d"

    static let rows = [
        Row(
            what: "all completed", command: "tally run --jobs 1 'echo {}' ::: a b",
            screen: """
                a
                b
                ✓ echo: 2 completed in …
                $
                """),
        Row(
            what: "one failed",
            command: "tally run --label words --jobs 1 'test {} = a || exit 3' ::: a b",
            screen: """
                ✗ words: b: exit 3
                ✗ words: 1 of 2 failed in …
                    b: exit 3
                  see why:    tally logs … --failed
                  try again:  tally run --resume "$(tally retry …)"
                $
                """),
        Row(
            what: "Ctrl-C twice", command: endless,
            keys: [("C-c", "2 running"), ("C-c", "stopping: 2 run; Ctrl-C again ends them")],
            screen: """
                …
                ‖ sleep: stopped, 0 of 4 completed…
                …
                  go on:      tally run --resume …
                  cut short:  tally run --resume … --rerun-lost
                $
                """),
        Row(
            what: "watch, and Ctrl-C", command: "tally watch", keys: [("C-c", "no active batches")],
            screen: """
                $
                """),
        Row(
            what: "Ctrl-\\", command: "tally watch", keys: [("C-\\", "no active batches")],
            screen: """
                no active batches; waiting for one
                ^\\Quit
                $
                """),
    ]

    /// The next step is there to be copied.
    @Test func theSummaryIsWholeInANarrowTerminal() async throws {
        try await withCoordinator { home, _ in
            let terminal = try await Terminal(in: home, columns: 40)
            try await terminal.type("clear; tally run --label words --jobs 1 'test {} = a || exit 3' ::: a b")
            try await terminal.shows("the summary") { lines in
                lines.joined().firstMatch(of: /tally run --resume "\$\(tally retry [0-9a-z]{10}\)"/) != nil
            }
        }
    }

    @Test(arguments: rows) func leavesTheTerminalAsItWas(_ row: Row) async throws {
        try await withCoordinator { home, _ in
            let terminal = try await Terminal(in: home, columns: 80)
            try await terminal.type("clear; \(row.command)")
            for (key, awaited) in row.keys {
                try await terminal.shows(awaited) { $0.contains { $0.contains(awaited) } }
                try await terminal.press(key)
            }
            try await terminal.becomes(row.screen)
            #expect(try await terminal.showsCursor)
            // What is typed next is seen, and stands where it should.
            try await terminal.type("echo still here")
            try await terminal.shows("an echo") { $0.suffix(2) == ["still here", "$"] }
        }
    }

    @Test func aTerminatedRunLeavesTheTerminalAsItWas() async throws {
        try await withCoordinator { home, _ in
            let terminal = try await Terminal(in: home, columns: 80)
            try await terminal.type("clear; \(Self.endless)")
            try await terminal.shows("two run") { $0.contains { $0.contains("2 running") } }
            #expect(try await !terminal.showsCursor)
            let run = try #require(home.living().first { ProcessTable.arguments(of: $0).contains("run") })
            kill(run, SIGTERM)
            try await terminal.shows("nothing more is started") { $0.contains { $0.contains("paused") } }
            kill(run, SIGTERM)
            try await terminal.shows("what to do next") { screen in
                screen.contains { $0.contains("tally run --resume") } && screen.last == "$"
            }
            #expect(try await terminal.showsCursor)
        }
    }

    /// Ctrl-Z gives the shell a clean line, and `fg` brings the bars back.
    @Test func stoppedAndContinued() async throws {
        try await withCoordinator { home, _ in
            let terminal = try await Terminal(in: home, columns: 80)
            try await terminal.type("clear; tally watch")
            try await terminal.becomes("no active batches; waiting for one")
            try await terminal.press("C-z")
            try await terminal.becomes("\n[1]+  Stopped                 tally watch\n$")
            #expect(try await terminal.showsCursor)
            try await terminal.type("fg")
            try await terminal.shows("the view") { $0.last == "no active batches; waiting for one" }
            #expect(try await !terminal.showsCursor)
        }
    }

    @Test func theCoordinatorGoesAndComesBack() async throws {
        try await withCoordinator { home, coordinator in
            try await home.submit("b", [#"{"type": "nobody-takes-this"}"#])
            let terminal = try await Terminal(in: home, columns: 80)
            try await terminal.type("clear; tally watch")
            try await terminal.shows("the batch") { $0.contains { $0.contains("waiting") } }
            try await coordinator.destroy()
            try await terminal.shows("a loss") {
                $0.last?.contains("trying again; the above may be old") == true
            }
            _ = try await home.coordinator()
            try await terminal.shows("all is well") {
                $0.last?.hasPrefix("✓ coordinator found again") == true
            }
            try await terminal.shows("that is not said for ever") {
                $0.last?.contains("no worker takes operations of type nobody-takes-this") == true
            }
        }
    }
}

import ProcessTesting

private let two = "run --label pears --jobs 1 'sleep 0.3; echo got {}' ::: a b"

extension Contract {
    static let terminals = [
        Sentence(
            "A terminal gets live bars",
            Row(
                "on standard error", two,
                on: Row.Terminal(streams: .error, shows: .says("pears", "0/2", "2 completed in ")),
                out: "got a\ngot b\n"),
            Row(
                "with the output above them",
                // Longer than events are held back, or no bar need ever be half full.
                "run --label pears --jobs 1 'sleep 0.8; echo got {}' ::: a b",
                on: Row.Terminal(shows: .says("got a", "got b", "█", "2 completed in "))),
            Row(
                "watch", "watch on-terminal",
                given: ["tally submit --id on-terminal --type command 'sleep 0.4; : {}' ::: 1 2 3"],
                in: .fleet,
                on: Row.Terminal(shows: .says("sleep", "3 completed in "))),
            Row(
                "what a command says of itself",
                "run --jobs 1 'echo 0.25 encoding >$TALLY_PROGRESS; sleep 2.5; : {}' ::: film",
                env: ["NO_COLOR=1"],
                on: Row.Terminal(shows: .says("film  25%  encoding"))),
            Row(
                "the cursor comes back, and so does the line's wrapping", two,
                on: Row.Terminal(
                    shows: .both(.says("\u{1b}[?25l", "\u{1b}[?25h", "\u{1b}[?7h"), .saysNot("\u{1b}[?1049h"))
                ))
        ),
        Sentence(
            "right at 40 to 200 columns",
            Row("40", two, on: Row.Terminal(columns: 40, shows: .says("got b", "2 completed in "))),
            Row("200", two, on: Row.Terminal(columns: 200, shows: .says("got b", "2 completed in "))),
            Row(
                "none told", two,
                on: Row.Terminal(columns: 0, rows: 0, shows: .says("got b", "2 completed in ")))
        ),
        Sentence(
            "with more batches than rows",
            Row(
                "eight in five rows",
                """
                $ tally coordinator 2>said & until tally list >/dev/null 2>&1; do sleep 0.1; done
                for n in 1 2 3 4 5 6 7 8; do echo '{"type": "no-op"}' | tally submit >/dev/null; done
                timeout --preserve-status -s INT 3 tally watch || true
                """, in: .own, on: Row.Terminal(rows: 5, streams: .output, shows: .says(" more")),
                leaves: ["said": .anything])
        ),
        Sentence(
            "`NO_COLOR` respected",
            Row("colour where it helps", two, on: Row.Terminal(shows: .says("\u{1b}[3"))),
            Row(
                "NO_COLOR", two, env: ["NO_COLOR=1"],
                on: Row.Terminal(shows: .both(.says("2 completed in "), .saysNot("\u{1b}[3")))),
            Row(
                "NO_COLOR of nothing is none", two, env: ["NO_COLOR="],
                on: Row.Terminal(shows: .says("\u{1b}[3")))
        ),
        Sentence(
            "otherwise plain lines",
            Row(
                "in a pipe", "$ tally run --label pears --jobs 1 true ::: a b 2>&1 | cat -v",
                out: .both(.says("pears: 2 completed in "), .saysNot("^["))),
            Row(
                "TERM=dumb", two, env: ["TERM=dumb"],
                on: Row.Terminal(shows: .both(.says("pears: 0 of 2 (0%)"), .saysNot("\u{1b}")))),
            Row(
                "not a line for each value",
                "$ tally run true ::: $(seq 200) 2>&1 | wc -l | awk '{ print ($1 < 15) }'", out: "1\n"),
            Row(
                "an escape sequence in a label is not one", "run --label $'\\e[31mred' true ::: a",
                err: .both(.says("[31mred: 1 completed"), .saysNot("\u{1b}")))
        ),
    ]
}

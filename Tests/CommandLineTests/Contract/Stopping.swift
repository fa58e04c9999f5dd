/// A run of four, one at a time, that tells by files that it began; `set -m`, or bash's children would ignore Ctrl-C.
private let begun = """
    set -m
    tally run --label pears --jobs 1 'echo {} >>begun; sleep 1; echo {} >>ended' ::: 1 2 3 4 2>said &
    until [ -e begun ]; do sleep 0.05; done
    """

extension Contract {
    static let stopping = [
        Sentence(
            "Ctrl-C: nothing more is started, what runs may end",
            Row(
                "once", "$ \(begun)\nkill -INT $!; wait $! || echo $?", out: "130\n",
                leaves: [
                    "begun": "1\n", "ended": "1\n",
                    "said": .says("stopping: ", "pears: stopped, 1 of 4 completed\n"),
                ])
        ),
        Sentence(
            "again: TERM, KILL after 10 s",
            Row(
                "twice",
                """
                $ set -m
                tally run --jobs 1 'trap "echo term >>log; exit 1" TERM; echo begun >>log; sleep 60 & wait; : {}' ::: 1 2 &
                until [ -e log ]; do sleep 0.05; done
                kill -INT $!; sleep 0.5; kill -INT $!; wait $! || echo $?
                """, out: "130\n", leaves: ["log": "begun\nterm\n"])
        ),
        Sentence(
            "exit 130 (SIGTERM 143)",
            Row(
                "SIGTERM", "$ \(begun)\nkill -TERM $!; wait $! || echo $?", out: "143\n",
                leaves: ["begun": "1\n", "ended": "1\n", "said": .says("tally run --resume ")])
        ),
        Sentence(
            "The rest of the batch stays paused, and the last line says `tally run --resume ID`",
            Row(
                "paused",
                """
                $ \(begun)
                kill -INT $!; wait $! || true
                tail -n 1 said
                tally status | awk '{ print $2 }'
                """, in: .own, out: "  go on:      tally run --resume …\nSTATUS\npaused\n",
                leaves: ["begun": "1\n", "ended": "1\n", "said": .anything])
        ),
        Sentence(
            "which skips what completed",
            Row(
                "each once",
                """
                $ \(begun)
                kill -INT $!; wait $! || true
                $(tail -n 1 said | sed 's/.*: *//')
                """, err: .says("pears: 4 completed in "),
                leaves: [
                    "begun": .lines("1", "2", "3", "4"), "ended": .lines("1", "2", "3", "4"),
                    "said": .anything,
                ]),
            Row(
                "a batch that has ended",
                "$ tally run --label x true ::: a; tally run --resume \"$(tally list | awk 'NR == 2 { print $1 }')\"",
                in: .own, err: .says("has ended (completed)")),
            Row(
                "one that ended, with failures",
                "$ tally run --label x false ::: a || tally run --resume \"$(tally list | awk 'NR == 2 { print $1 }')\"",
                in: .own, code: 1,
                err: .says(
                    "has ended (failed)",
                    "to try again the 1 that failed: tally run --resume \"$(tally retry ")),
            Row("with a command", "run --resume x true ::: a", code: 2, err: .says("leave the command out")),
            Row(
                "one that isn't there", "run --resume x", in: .own, code: 2,
                err: .says("there is no batch 'x'"))
        ),
        Sentence(
            "So does a batch whose `run` was killed with SIGKILL; its commands don't outlive it",
            Row(
                "killed, and gone on with",
                """
                $ set -m
                tally run --jobs 1 'echo $$ {} >>begun; test -e go || sleep 60' ::: 1 2 3 &
                until [ -e begun ]; do sleep 0.05; done
                kill -KILL $!; sleep 2
                state=$(awk '/^State/ { print $2 }' "/proc/$(awk 'NR == 1 { print $1 }' begun)/status" || true)
                case "$state" in '' | Z) echo gone ;; esac
                touch go
                until tally status | grep -q paused; do sleep 0.2; done
                tally run --jobs 1 --resume "$(tally status | awk 'NR == 2 { print $1 }')" || echo $?
                awk '{ print $2 }' begun
                """, in: .own, out: "gone\n1\n1\n2\n3\n", leaves: ["begun": .anything, "go": ""])
        ),
    ]
}

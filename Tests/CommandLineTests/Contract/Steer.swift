extension Contract {
    static let steer = [
        Sentence(
            "`cancel`, `pause`, `resume`, `retry`: by id",
            Row(
                "cancel", "$ tally cancel cancelled; tally watch cancelled | tail -n 1",
                given: ["tally submit --id cancelled --type command 'sleep 60; : {}' ::: 1 2 3"], in: .fleet,
                out: "sleep: cancelled, 0 of 3 completed\n"),
            Row(
                "pause: nothing more begins", "$ tally pause paused; tally status paused | sed -n 2p",
                given: ["tally submit --id paused --type command 'sleep 3; : {}' ::: 1 2 3 4 5 6 7 8"],
                in: .fleet, out: "  status     paused\n"),
            Row(
                "resume", "$ tally resume resumed; tally watch resumed | tail -n 1",
                given: [
                    "tally submit --id resumed --type command 'sleep 0.2; : {}' ::: $(seq 24); tally pause resumed"
                ],
                in: .fleet, out: "sleep: 24 completed in …\n"),
            Row(
                "resume what only 'tally run' can work on",
                "$ tally resume \"$(tally retry \"$(tally list | awk '$NF == \"nuts\" { print $1 }')\" 2>said)\"",
                given: ["tally run --label nuts false ::: a || true"], in: .own,
                err: "tally: no worker; run it here with: tally run --resume …\n",
                leaves: ["said": .anything]),
            Row(
                "one that isn't there", "cancel there-is-none", in: .fleet, code: 2,
                err: "tally: there is no batch 'there-is-none'\n"),
            Row(
                "an id that can't be", "cancel 'bad id/x'", in: .own, code: 2,
                err: .says("'bad id/x'", "an id is 1 to 64 letters, digits, '_' or '-'")),
            Row("no id", "pause", in: .own, code: 2, err: .says("id", "tally pause"))
        ),
        Sentence(
            "`retry` prints the new batch's id",
            Row(
                "of what failed alone",
                "$ touch mended; tally watch \"$(tally retry to-retry)\" | tail -n 1; sort log",
                given: [
                    "tally submit --id to-retry --type command 'echo {} >>log; test {} = a || test -e mended' ::: a b; tally watch to-retry || true"
                ], in: .fleet, out: "echo: 1 completed in …\na\nb\nb\n",
                leaves: ["mended": "", "log": .anything]),
            Row(
                "what 'tally run' says works as it stands",
                """
                $ tally run 'test -e {} || { touch {}; false; }' ::: a b 2>said || true
                grep 'try again' said | sed 's/.*again: *//' >line; bash -eu line 2>/dev/null && echo well
                """, out: "well\n",
                leaves: [
                    "a": "", "b": "", "said": .anything,
                    "line": "tally run --resume \"$(tally retry …)\"\n",
                ]),
            Row(
                "when nothing failed", "retry all-well",
                given: ["tally submit --id all-well --type command true ::: a; tally watch all-well"],
                in: .fleet, code: 2, err: .says("all-well"))
        ),
    ]
}

extension Contract {
    static let control = [
        Sentence(
            "`--retries N` (0)",
            Row("not tried again", "run 'echo {} >>log; false' ::: a", code: 1, leaves: ["log": "a\n"]),
            Row(
                "tried again twice", "run --retries 2 'echo $TALLY_ATTEMPT >>log; false {}' ::: a", code: 1,
                leaves: ["log": "1\n2\n3\n"]),
            Row(
                "until it succeeds", "run --retries 5 'echo >>log; test $(wc -l <log) -ge 2; : {}' ::: a",
                leaves: ["log": .anything]),
            Row(
                "more than 100", "run --retries 101 true ::: a", code: 2,
                err: "tally: --retries is 0 to 100, not 101\n"),
            Row("no number", "run --retries x true ::: a", code: 2, err: .says("--retries", "x"))
        ),
        Sentence(
            "`--timeout D` (per attempt; the whole process group, TERM, then KILL)",
            Row(
                "it is told why", "run --timeout 300ms 'sleep 60; : {}' ::: a", code: 1,
                err: .says("a: timed out")),
            Row(
                "TERM comes first",
                "run --timeout 500ms 'trap \"echo bye; exit 1\" TERM; sleep 60 & wait; : {}' ::: a", code: 1,
                out: "bye\n"),
            Row(
                "the whole process group",
                """
                $ tally run --timeout 500ms 'sleep 60 & echo $! >pid; wait; : {}' ::: a || true
                for n in $(seq 50); do [ -e /proc/$(cat pid) ] || break; sleep 0.1; done
                [ -e /proc/$(cat pid) ] || echo gone
                """, out: "gone\n", leaves: ["pid": .anything]),
            Row(
                "per attempt",
                "run --timeout 500ms --retries 1 'echo $TALLY_ATTEMPT >>log; sleep 60; : {}' ::: a",
                code: 1, leaves: ["log": "1\n2\n"]),
            Row("one that is quick enough", "run --timeout 1m 'echo {}' ::: a", out: "a\n"),
            Row("no time", "run --timeout soon true ::: a", code: 2, err: .says("--timeout", "soon"))
        ),
        Sentence(
            "`--label`",
            Row(
                "in the list",
                "$ tally run --label 'ripe pears' true ::: a; tally list | grep -c 'ripe pears$'", in: .own,
                out: "1\n"),
            Row(
                "by itself it is the command's name", "run '/bin/echo {} x' ::: a", out: "a x\n",
                err: .says("echo: 1 completed in ")),
            Row(
                "and nothing of the shell's", "run '(printf {}; true); echo {}' ::: a", out: "aa\n",
                err: .says("printf: 1 completed in "))
        ),
        Sentence(
            "Lost workers: `onLost: fail`",
            Row(
                "not run again, and said so",
                "run --jobs 1 'echo {} >>log; test {} = b || kill -9 $PPID; sleep 0.2' ::: a b", code: 1,
                err: .says("a: worker lost"), leaves: ["log": "a\nb\n"])
        ),
    ]
}

extension Contract {
    static let limits = [
        Sentence(
            "`--halt soon|now`",
            Row(
                "soon: what runs may end",
                "run --halt soon --jobs 2 'echo {} >>begun; sleep 0.{}; test {} != 1 && echo {}' ::: 9 1 2 3 4 5 6 7",
                code: 1,
                out: .both(.says("9\n"), .saysNot("7\n")), err: .says("1 failed"),
                leaves: ["begun": .saysNot("5\n", "6\n", "7\n")]),
            Row(
                "now: what runs is ended",
                "run --halt now --jobs 2 'test {} != 1 || { until [ -e runs ]; do sleep 0.1; done; exit 1; }; touch runs; sleep 60; echo {}' ::: 9 1 2 3",
                code: 1, out: "", leaves: ["runs": ""]),
            Row(
                "nothing fails, nothing halts", "run --halt now --jobs 1 'echo {}' ::: 1 2 3",
                out: "1\n2\n3\n"),
            Row(
                "another word", "run --halt later true ::: a", in: .own, code: 2,
                err: .says("--halt", "later", "soon"))
        ),
        Sentence(
            "`--max-failures N`",
            Row(
                "the second one is enough",
                "run --max-failures 2 --jobs 1 'echo {}; test {} = 2' ::: 1 2 3 4 5 6 7 8 9", code: 1,
                out: .both(.says("1\n2\n3\n"), .saysNot("6\n")), err: .says("2 failed")),
            Row(
                "fewer than that", "run --max-failures 3 --jobs 1 'echo {}; test {} = 2' ::: 1 2 3", code: 1,
                out: "1\n2\n3\n"),
            Row(
                "none", "run --max-failures 0 true ::: a", in: .own, code: 2,
                err: "tally: --max-failures is 1 or more, not 0\n")
        ),
        Sentence(
            "`--joblog FILE` (GNU parallel's columns)",
            Row(
                "a line each",
                "$ tally run --joblog log --jobs 1 'echo {}; test {} = a' ::: a b || true; cut -f 1,2,5-9 log; rm log",
                out: """
                    a
                    b
                    Seq\tHost\tSend\tReceive\tExitval\tSignal\tCommand
                    1\t:\t0\t2\t0\t0\techo a; test a = a
                    2\t:\t0\t2\t1\t0\techo b; test b = a

                    """),
            Row(
                "times",
                "$ tally run --joblog log 'sleep 0.5; : {}' ::: a; awk 'NR == 2 { print ($3 > 1e9), ($4 > 0.4 && $4 < 9) }' log; rm log",
                out: "1 1\n"),
            Row(
                "a signal",
                "$ tally run --joblog log 'kill -9 $$; : {}' ::: a || true; cut -f 7,8 log; rm log",
                out: "Exitval\tSignal\n0\t9\n"),
            Row(
                "each attempt",
                "$ tally run --joblog log --retries 2 false ::: a || true; wc -l <log; rm log",
                out: "4\n"),
            Row(
                "where there can be none", "run --joblog /dev/null/x true ::: a", in: .own, code: 2,
                err: .says("--joblog /dev/null/x", "name a file that you can write to"))
        ),
        Sentence(
            "`--dry-run` (prints the commands, quoted; starts nothing)",
            Row(
                "a line", "run --dry-run 'gzip -k {} >{.}' ::: 'a b.txt' c.txt", in: .own,
                out: "gzip -k 'a b.txt' >'a b'\ngzip -k c.txt >c\n", err: ""),
            Row(
                "words", "run --dry-run echo {} '$x' ::: $'it\\'s' -n", in: .own,
                out: "echo 'it'\\''s' '$x'\necho -n '$x'\n"),
            Row(
                "what it prints does the same", "$ tally run --dry-run cat ::: 'a b' \"c'd\" | sh",
                files: ["'a b'": "1\n", "\"c'd\"": "2\n"], out: "1\n2\n"),
            Row(
                "values from standard input", "run --dry-run rm", input: "a\nb c\n", in: .own,
                out: "rm a\nrm 'b c'\n"),
            Row(
                "with a mistake", "run --dry-run \"rm '{}'\" ::: a", in: .own, code: 2, err: .says("column 5")
            )
        ),
    ]
}

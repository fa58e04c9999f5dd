extension Contract {
    static let outputs = [
        Sentence(
            "(`-k`: in order of input)",
            Row(
                "the slowest first", "run -k --jobs 3 'sleep 0.{}; echo {}' ::: 9 1 5", out: "9\n1\n5\n"),
            Row(
                "--keep-order is the same", "run --keep-order --jobs 2 'sleep 0.{}; echo {}' ::: 5 1",
                out: "5\n1\n"),
            Row(
                "a failure in between", "run -k --jobs 3 'sleep 0.{}; echo {}; test {} != 5' ::: 9 5 1",
                code: 1,
                out: "9\n5\n1\n"),
            Row(
                "of many, whole",
                """
                $ seq 40 | tally run -k -j4 'n={}; sleep 0.0$((n % 7)); seq $n 20000' | cksum >ours
                for n in $(seq 40); do seq $n 20000; done | cksum | cmp ours && rm ours && echo same
                """, out: "same\n")
        ),
        Sentence(
            "`--json`: `BatchProgressEvent`s on standard output instead",
            Row(
                "events, a line each, the last of the end",
                """
                $ tally run --json --jobs 1 'echo not this; sleep 0.3; : {}' ::: a b | python3 -c '
                import json, sys
                events = [json.loads(line) for line in sys.stdin]
                print(events[-1]["status"], events[-1]["completedOperations"], len({e["batchId"] for e in events}))'
                """, out: "completed 2 1\n"),
            Row(
                "the exit code is the same",
                "$ tally run --json false ::: a | grep -c '\"status\":\"failed\"'; echo ${PIPESTATUS[0]}",
                out: "1\n1\n"),
            Row(
                "commands' standard error stays where it is", "run --json 'echo oops {} >&2' ::: a",
                out: .says("{\""),
                err: .says("oops a\n"))
        ),
        Sentence(
            "`--results DIR` keeps both of each operation in files",
            Row(
                "by number, printed too",
                "run --results kept --jobs 1 'echo out {}; echo err {} >&2' ::: a b",
                out: "out a\nout b\n", err: .says("err a\n", "err b\n"),
                leaves: [
                    "kept/1/stdout": "out a\n", "kept/1/stderr": "err a\n", "kept/2/stdout": "out b\n",
                    "kept/2/stderr": "err b\n",
                ]),
            Row(
                "of those that fail, too, and of those that say nothing",
                "run --results kept 'test {} = a || exit 3' ::: a b", code: 1,
                leaves: ["kept/1/stdout": "", "kept/1/stderr": "", "kept/2/stdout": "", "kept/2/stderr": ""]),
            Row(
                "in a folder that is there", "run --results kept 'echo {}' ::: a", files: ["kept/mine": "1"],
                out: "a\n",
                leaves: ["kept/1/stdout": "a\n", "kept/1/stderr": ""]),
            Row(
                "whole",
                "$ tally run --results kept 'seq 200000; : {}' ::: a | wc -c; wc -c <kept/1/stdout; rm -r kept",
                out: "1288895\n1288895\n"),
            Row(
                "where there can be none", "run --results /dev/null/x true ::: a", in: .own, code: 2,
                err: .says("--results /dev/null/x", "name a folder that you can write to"))
        ),
    ]
}

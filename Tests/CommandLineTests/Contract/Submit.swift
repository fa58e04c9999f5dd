extension Contract {
    static let submit = [
        Sentence(
            "`submit [FILE]`: NDJSON operations to the coordinator's fleet",
            Row(
                "a file", "$ tally submit --id from-file ops; tally watch from-file 2>/dev/null | tail -n 1",
                files: ["ops": "{\"type\": \"no-op\"}\n{\"type\": \"no-op\", \"label\": \"second\"}\n"],
                in: .fleet,
                out: "from-file\nops: 2 completed in …\n"),
            Row(
                "standard input", "submit --id from-input", input: "{\"type\": \"no-op\"}\n", in: .fleet,
                out: "from-input\n"),
            Row(
                "- is standard input", "submit --id from-dash -", input: "{\"type\": \"no-op\"}", in: .fleet,
                out: "from-dash\n"),
            Row(
                "a line that is none", "submit ops", files: ["ops": "{\"type\": \"no-op\"}\nnonsense\n"],
                in: .fleet,
                code: 2, err: .says("line 2")),
            Row(
                "a field that there isn't", "submit", input: "{\"type\": \"no-op\", \"retires\": 1}\n",
                in: .fleet,
                code: 2, err: .says("line 1", "'retires'")),
            Row("nothing", "submit", input: "", in: .fleet, code: 2, err: .says("no operations")),
            Row(
                "no such file", "submit there-is-none", in: .own, code: 2,
                err: .says("there-is-none", "No such file"))
        ),
        Sentence(
            "or `run`'s template with `--type command`",
            Row(
                "a line",
                "$ tally submit --id a-line --type command 'cat {} >{.}.out' ::: 'a b.txt'; tally watch a-line >/dev/null",
                files: ["'a b.txt'": "x\n"], in: .fleet, out: "a-line\n", leaves: ["'a b.out'": "x\n"]),
            Row(
                "words, and values from standard input",
                "$ printf 'x\\0y' | tally submit --id words --type command -0 touch; tally watch words >/dev/null",
                in: .fleet, out: "words\n", leaves: ["x": "", "y": ""]),
            Row(
                "the same errors", "submit --type command \"echo '{}'\" ::: a", in: .own, code: 2,
                err: .says("column 7: {} stands inside single quotes")),
            Row(
                "without --type", "submit 'echo {}' ::: a", in: .own, code: 2,
                err: "tally: a command and values need --type command\n"),
            Row(
                "another type", "submit --type thumbnail x", in: .own, code: 2,
                err: .says("--type 'thumbnail'"))
        ),
        Sentence(
            "absolute working folder",
            Row(
                "where submit was",
                "$ mkdir sub; cd sub; tally submit --id folder --type command 'pwd >{}' ::: here; tally watch folder >/dev/null; test \"$(cat here)\" = \"$PWD\"",
                in: .fleet, out: "folder\n", leaves: ["sub/here": .anything])
        ),
        Sentence(
            "`--env NAME` for what should travel",
            Row(
                "it does; others don't",
                "$ tally submit --id env --env FRUIT --type command 'echo \"$FRUIT-$NUT\" >{}' ::: x; tally watch env >/dev/null",
                env: ["FRUIT=ripe pear", "NUT=cashew"], in: .fleet, out: "env\n",
                leaves: ["x": "ripe pear-\n"]),
            Row(
                "a variable that isn't set", "submit --env THERE_IS_NONE --type command true ::: a", in: .own,
                code: 2, err: "tally: --env THERE_IS_NONE: there is no such variable\n")
        ),
        Sentence(
            "prints only the id",
            Row("one of its own", "submit --type command true ::: a", in: .fleet, out: "…\n", err: ""),
            Row(
                "and on standard error why nothing moves",
                """
                $ tally coordinator 2>said & until tally list >/dev/null 2>&1; do sleep 0.1; done
                tally submit --id alone --type command true ::: a
                """, in: .own, out: "alone\n",
                err:
                    "tally: no worker takes operations of type command; start one with: tally worker --allow-commands\n",
                leaves: ["said": .anything]),
            Row("its length", "$ tally submit --type command true ::: a | wc -c", in: .fleet, out: "11\n"),
            Row(
                "again with the same id it is the same batch",
                "submit --id twice --type command 'true' ::: a",
                given: ["tally submit --id twice --type command 'true' ::: a"], in: .fleet, out: "twice\n"),
            Row(
                "an id that can't be", "submit --id r9.6 ops", in: .own, code: 2,
                err: .says("--id", "'r9.6'", "an id is 1 to 64 letters, digits, '_' or '-'"))
        ),
    ]
}

import ProcessTesting

private let nothingToDo: Expected = "tally: no values: nothing to do\n"

extension Contract {
    static let values = [
        Sentence(
            "All after `:::`",
            Row(
                "whatever they look like", "run printf '%s\\n' ::: --jobs ::: -n --help",
                out: .lines("--jobs", ":::", "-n", "--help")),
            Row("standard input isn't read then", "run 'echo {}' ::: a", input: "b\n", out: "a\n"),
            Row(
                "thousands",
                "$ tally run --jobs 8 'echo {} >>all' ::: $(seq 300); sort -n all | uniq | wc -l",
                out: "300\n", leaves: ["all": .anything])
        ),
        Sentence(
            "or standard input: a line is a value, untrimmed, empty ones skipped",
            Row(
                "lines", "run --jobs 1 \"printf '[%s]\\n' {}\"", input: "  a b \n\n\tc\r\n\nlast",
                out: "[  a b ]\n[\tc\r]\n[last]\n"),
            Row("from a pipe", "$ seq 3 | tally run --jobs 1 'echo {}'", out: "1\n2\n3\n"),
            Row(
                "they are worked on as they come",
                "$ (echo a; until [ -e done-a ]; do sleep 0.1; done; echo b) | tally run 'touch done-{}'",
                leaves: ["done-a": "", "done-b": ""])
        ),
        Sentence(
            "`-0` for NUL",
            Row(
                "with line breaks in them",
                "$ printf 'a\\nb\\0\\0 c \\0' | tally run -0 --jobs 1 \"printf '[%s]\\n' {}\"",
                out: "[a\nb]\n[ c ]\n"),
            Row(
                "find", "$ find . -name '*.x' -print0 | tally run -0 cat",
                files: ["$'a\\nb.x'": "found\n", "other": "not\n"], out: "found\n")
        ),
        Sentence(
            "Values are bytes (bytes that aren't UTF-8 travel encoded)",
            Row(
                "in a line", "run 'touch {}' ::: $'caf\\xe9' $'\\xff\\xfe'",
                leaves: ["$'caf\\xe9'": "", "$'\\xff\\xfe'": ""]),
            Row(
                "in words", "run cp x ::: $'\\xed\\xa0\\x80'", files: ["x": "1"],
                leaves: ["$'\\xed\\xa0\\x80'": "1"]),
            Row(
                "from standard input",
                "$ printf '\\xe9\\n' | tally run \"printf %s {} | od -An -tx1; :\"", out: " e9\n"),
            Row("in the command", "run $'printf \\'\\xe9\\'{}' ::: a", out: .bytes([0xe9, 0x61])),
            Row(
                "in the folder's name",
                "$ mkdir $'\\xe9'; cd $'\\xe9'; tally run 'touch {}' ::: a", leaves: ["$'\\xe9/a'": ""])
        ),
        Sentence(
            "No values: exit 0",
            Row("nothing after :::", "run false :::", in: .own, err: nothingToDo),
            Row("empty standard input", "run false", input: "", in: .own, err: nothingToDo),
            Row("only empty lines", "run false", input: "\n\n\n", in: .own, err: nothingToDo)
        ),
        Sentence(
            "A terminal as standard input and no `:::`: exit 2 with usage",
            Row(
                "run", "run 'echo {}'", in: .own, on: Row.Terminal(streams: .input, shows: ""), code: 2,
                err:
                    "tally: no values: put them after ':::', or pipe them in. For example: tally run 'gzip -kf {}' ::: *.log\n"
            ),
            Row(
                "submit", "submit --type command 'echo {}'", in: .own,
                on: Row.Terminal(streams: .input, shows: ""), code: 2, err: .says("no values"))
        ),
        Sentence(
            "A value that can't be used is named",
            Row(
                "too long for Linux", "$ tally run 'echo {}' ::: $(head -c 131070 /dev/zero | tr '\\0' x)",
                code: 2,
                err: .says("value 1", "131,071"))
        ),
    ]
}

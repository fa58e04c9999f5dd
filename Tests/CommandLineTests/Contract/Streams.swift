extension Contract {
    static let streams = [
        Sentence(
            "Standard output: the operations' standard output, whole, not interleaved",
            Row(
                "two that write by turns",
                "$ tally run --jobs 2 'for n in 1 2 3; do echo {}$n; sleep 0.1; done' ::: a b | cut -c1 | uniq | wc -l",
                out: "2\n"),
            Row("without an end of line", "run --jobs 1 printf %s ::: a b", out: "ab"),
            Row("bytes as they are", "run \"printf '\\377\\000'; : {}\" ::: a", out: .bytes([0xff, 0])),
            Row("of those that fail, too", "run 'echo {}; false' ::: a", code: 1, out: "a\n"),
            Row("nothing else", "run 'true {}' ::: a b c", out: "")
        ),
        Sentence(
            "as each ends",
            Row("the quicker first", "run --jobs 2 'sleep {}; echo {}' ::: 1.5 0.1", out: "0.1\n1.5\n")
        ),
        Sentence(
            "never cut",
            Row(
                "a megabyte", "$ tally run 'head -c 1000000 /dev/zero; : {}' ::: a | wc -c", out: "1000000\n"),
            Row(
                "of four",
                "$ tally run 'seq 20000; : {}' ::: a b c d | sort -n | uniq -c | awk '$1 != 4' | wc -l",
                out: "0\n")
        ),
        Sentence(
            "Standard error: theirs, the bars or plain progress lines, the summary",
            Row("theirs", "run 'echo oops {} >&2' ::: a", err: .says("oops a\n")),
            Row(
                "plain lines and the summary", "run --label pears --jobs 1 'sleep 0.3; true {}' ::: a b",
                err: "pears: 0 of 2 (0%), id …\n…\npears: 2 completed in …\n"),
            Row(
                "a failure, and what to do next", "run --label pears 'echo why >&2; exit 3; : {}' ::: a",
                code: 1,
                err: .says(
                    "pears: failed: a: why (exit 3)\n", "pears: 1 of 1 failed in ",
                    "\n  see why:    tally logs ",
                    " --failed\n  try again:  tally run --resume \"$(tally retry "))
        ),
        Sentence(
            "The store keeps 32 KiB of each end",
            Row(
                "of 100,000 bytes",
                """
                $ tally run 'head -c 100000 /dev/zero | tr "\\0" x; : {}' ::: a >/dev/null
                tally logs "$(tally list | awk 'NR == 2 { print $1 }')" 0 | wc -c
                """, in: .own, out: "65536\n", err: .says("== 34464 bytes were not kept =="))
        ),
        Sentence(
            "An operation's standard input is /dev/null",
            Row("with :::", "run 'readlink /proc/self/fd/0; : {}' ::: a", input: "b\n", out: "/dev/null\n"),
            Row("with values from a pipe", "$ echo a | tally run 'cat; echo {}'", out: "a\n")
        ),
        Sentence(
            "Standard output closed: stop, 141",
            Row(
                "by head",
                """
                $ tally run --jobs 1 'echo {}; seq 100000; sleep 0.2' ::: $(seq 50) | head -n 1
                echo "${PIPESTATUS[0]}"
                """, out: "1\n141\n")
        ),
    ]
}

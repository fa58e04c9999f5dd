extension Contract {
    static let template = [
        Sentence(
            "Options end at the first word of the command",
            Row("its own options", "run echo --jobs {} -k ::: a", out: "--jobs a -k\n"),
            Row("after --", "run --jobs 1 -- echo -n {} ::: a b", out: "ab"),
            Row(
                "an unknown one", "run --fast true ::: a", code: 2,
                err: "tally: there is no option '--fast'; a command that begins with '-' comes after '--'\n")
        ),
        Sentence(
            "One word is a `/bin/sh -c` line",
            Row("sh", "run 'echo $((1 + 1)) {} | tr a b' ::: a", out: "2 b\n"),
            Row(
                "which sh",
                """
                $ sh=$(tally run 'readlink /proc/$$/exe; : {}' ::: a)
                [ "$sh" = "$(readlink -f /bin/sh)" ] && echo "/bin/sh"
                """, out: "/bin/sh\n"),
            Row(
                "its exit status", "run 'exit 7; : {}' ::: a", code: 1,
                err: .says("exit: failed: a: exit 7\n"))
        ),
        Sentence(
            "several are executed as they are, without a shell",
            Row("nothing is expanded", "run echo '$HOME' '*' '`id`' {} ::: a", out: "$HOME * `id` a\n"),
            Row("no redirection", "run echo {} '>' file ::: a", out: "a > file\n"),
            Row("an empty word stays", "run printf '[%s]' '' {} ::: a", out: "[][a]"),
            Row(
                "no such program", "run no-such-program {} ::: a", code: 1,
                err: .says("no-such-program", "not found"))
        ),
        Sentence(
            "In a shell line an unquoted `{}` becomes one safely quoted word",
            Row("blanks", "run \"printf '[%s]' {}\" ::: 'two  words'", out: "[two  words]"),
            Row("quotes", "run 'echo {}' ::: $'it\\'s \"5\\\" wide\"'", out: "it's \"5\" wide\"\n"),
            Row(
                "a command", "run 'echo {}' ::: '$(touch canary)' '`touch canary`' '; touch canary'",
                out: .lines("$(touch canary)", "`touch canary`", "; touch canary")),
            Row("a line break", "run \"printf '[%s]' {}\" ::: $'a\\nb'", out: "[a\nb]"),
            Row("a pattern", "run 'echo {}' ::: '*' '?' '~'", files: ["a": ""], out: .lines("*", "?", "~")),
            Row(
                "as part of a word", "run 'cat in/{}.txt' ::: 'a b'", files: ["'in/a b.txt'": "found\n"],
                out: "found\n"),
            Row(
                "as a redirection's target", "run 'echo x >{}' ::: 'a b' '-n'",
                leaves: ["'a b'": "x\n", "-n": "x\n"]),
            Row(
                "an empty value can't come, but an empty part can", "run \"printf '[%s]' {}\" ::: ''",
                out: "[]")
        ),
        Sentence(
            """
            inside quotes, backticks or a here-document it is an error that names the column and says to take the \
            quotes off
            """,
            Row(
                "single quotes", "run \"echo '{}'\" ::: a", code: 2,
                err:
                    "tally: column 7: {} stands inside single quotes; take the quotes off it, each value is quoted by itself; for example: echo {}\n"
            ),
            Row(
                "double quotes", "run 'echo \"{}\"' ::: a", code: 2,
                err:
                    "tally: column 7: {} stands inside double quotes; take the quotes off it, each value is quoted by itself; for example: echo {}\n"
            ),
            Row(
                "backticks", "run 'echo `cat {}`' ::: a", code: 2,
                err: "tally: column 11: {} stands inside backticks; write $(…) in place of the backticks\n"),
            Row(
                "a here-document", "run $'cat <<E\\n {}\\nE' ::: a", code: 2,
                err:
                    "tally: line 2, column 2: {} stands inside a here-document; give it to a variable first: v={}\n"
            ),
            Row(
                "other placeholders", "run 'mv {} \"{.}.old\"' ::: a", code: 2,
                err: .says("column 8: {.} stands inside double quotes")),
            Row(
                "characters are counted, not bytes", "run \"echo é '{}'\" ::: a", code: 2,
                err: .says("column 9")),
            Row(
                "a $(…) inside quotes is no quote", "run 'echo \"$(cat {})\"' ::: x", files: ["x": "in\n"],
                out: "in\n"),
            Row(
                "a command that reads its arguments anew", "run 'eval {}' ::: a", code: 2,
                err: "tally: column 6: eval would read the value of {} anew, and run what is written in it\n"),
            Row("it is told before anything starts", "run \"echo '{}'\" ::: a", in: .own, code: 2)
        ),
        Sentence(
            "In argv form `{}` is put in as it is",
            Row("without quoting", "run echo '\"{}\"' \"'{}'\" ::: 'a b'", out: "\"a b\" 'a b'\n"),
            Row("more than once, and inside a word", "run echo {}/{}.txt ::: a", out: "a/a.txt\n")
        ),
        Sentence(
            "No `{}`: the value is appended",
            Row("to a line", "run 'echo got' ::: 'a b'", out: "got a b\n"),
            Row("to words", "run echo got ::: 'a b'", out: "got a b\n"),
            Row("quoted, too", "run 'echo got' ::: '$(id)'", out: "got $(id)\n"),
            Row(
                "a line whose end takes no argument", "run 'if true; then echo x; fi' ::: a", code: 2,
                err: .says("say with {} where it belongs"))
        ),
        Sentence(
            "Also `{.}` `{/}` `{//}` `{/.}` `{#}`, `-I STR`",
            Row(
                "{.}: without extension", "run --jobs 1 'echo {.}' ::: d/a.tar.gz b d.x/c",
                out: "d/a.tar\nb\nd.x/c\n"),
            Row("{/}: file name", "run --jobs 1 'echo {/}' ::: d/a.tar.gz b", out: "a.tar.gz\nb\n"),
            Row("{//}: folder", "run --jobs 1 'echo {//}' ::: d/e/a.gz b /c", out: "d/e\n.\n/\n"),
            Row("{/.}: file name without extension", "run --jobs 1 'echo {/.}' ::: d/a.gz b", out: "a\nb\n"),
            Row("{#}: number", "run --jobs 1 'echo {#} {}' ::: a b", out: "1 a\n2 b\n"),
            Row("in words", "run --jobs 1 echo {#}:{/.} ::: d/a.gz b", out: "1:a\n2:b\n"),
            Row("-I", "run -I @ 'echo @ x@' ::: 'a b'", out: "a b xa b\n"),
            Row("-I{}, as xargs takes it", "run -I{} echo {} x ::: a", out: "a x\n"),
            Row("with -I, {} is nothing special", "run -I @@ echo {} @@ ::: a", out: "{} a\n"),
            Row("-I of nothing", "run -I '' 'echo {}' ::: a", code: 2, err: .says("-I")),
            Row(
                "-I of what the shell reads", "run -I '$' 'echo $' ::: a", code: 2,
                err: .says("-I: \"$\" has a meaning in the shell"))
        ),
        Sentence(
            "tally run COMMAND",
            Row(
                "no command", "run", code: 2,
                err: "tally: which command? For example: tally run 'gzip -kf {}' ::: *.log\n"),
            Row("values alone", "run ::: a", code: 2, err: .says("which command?")),
            Row(
                "help begins with what it does, and an example", "run --help",
                out: .says("tally run 'gzip -kf {}' ::: *.log", "--jobs"))
        ),
    ]
}

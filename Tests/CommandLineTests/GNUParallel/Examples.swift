extension Example {
    private static let pages = ["a.html": "a\n", "'b c.html'": "b\n", "d/e.html": "e\n"]
    private static let pictures = ["a.jpg": "a\n", "'b c.jpg'": "b\n", "d/e.jpg": "e\n"]
    private static let names = ["One.TXT": "1\n", "'TWO words'": "2\n", "'it$s'": "3\n"]

    /// Where the manual takes a program that isn't on every machine, such as convert, lame or unzip, cp or tar stands
    /// for it.
    static let all = [
        Example(
            "Working as xargs -n1", files: pages,
            "find . -name '*.html' | parallel gzip -n --best",
            "find . -name '*.html' | tally run gzip -n --best"),
        Example(
            "Working as xargs -n1: -0", files: ["x": "FOO BAR\n", "$'y\\nz'": "FOO BAR FOO BAR\n"],
            "find . -type f -print0 | parallel -q0 perl -i -pe 's/FOO BAR/FUBAR/g'",
            "find . -type f -print0 | tally run -0 perl -i -pe 's/FOO BAR/FUBAR/g'"),
        Example(
            "Reading arguments from command line", files: pages,
            "parallel gzip -n --best ::: *.html",
            "tally run gzip -n --best ::: *.html"),
        Example(
            "Inserting multiple arguments",
            files: ["a.log": "a", "'b c.log'": "b", "other": "o", "destdir/x": ""],
            #"ls | grep -E '\.log$' | parallel mv {} destdir"#,
            #"ls | grep -E '\.log$' | tally run mv {} destdir"#),
        Example(
            "Context replace", files: ["keep": ""],
            given: "for n in $(seq -w 0 19); do touch pict$n.jpg; done",
            "seq -w 0 19 | parallel rm pict{}.jpg",
            "seq -w 0 19 | tally run rm pict{}.jpg"),
        Example(
            "Compute intensive jobs and substitution", files: pictures,
            "ls *.jpg | parallel cp {} thumb_{}",
            "ls *.jpg | tally run cp {} thumb_{}"),
        Example(
            "Compute intensive jobs: {.}", files: pictures,
            "find . -name '*.jpg' | parallel cp {} {.}_thumb.jpg",
            "find . -name '*.jpg' | tally run cp {} {.}_thumb.jpg"),
        Example(
            "Substitution and redirection", files: pages, given: "gzip -nr .",
            "parallel 'zcat {} >{.}' ::: *.gz",
            "tally run 'zcat {} >{.}' ::: *.gz"),
        Example(
            "Composed commands", files: ["a/1": "", "a/2": "", "'b c/1'": ""],
            #"ls | parallel 'echo -n {}" "; ls {}|wc -l'"#,
            #"ls | tally run 'echo -n {}" "; ls {}|wc -l'"#),
        Example(
            "Composed commands: into files", files: ["a/1": "", "a/2": "", "'b c/1'": ""],
            #"ls | parallel '(echo -n {}" "; ls {}|wc -l) >{}.dir'"#,
            #"ls | tally run '(echo -n {}" "; ls {}|wc -l) >{}.dir'"#),
        Example(
            "Composed commands: small scripts", files: names,
            #"find . | parallel 'a={}; name=${a##*/}; upper=$(echo "$name" | tr "[:lower:]" "[:upper:]"); echo "$name - $upper"'"#,
            #"find . | tally run 'a={}; name=${a##*/}; upper=$(echo "$name" | tr "[:lower:]" "[:upper:]"); echo "$name - $upper"'"#
        ),
        Example(
            "Composed commands: renaming", files: names,
            #"ls | parallel 'mv {} "$(echo {} | tr "[:upper:]" "[:lower:]").new"'"#,
            #"ls | tally run 'mv {} "$(echo {} | tr "[:upper:]" "[:lower:]").new"'"#),
        Example(
            "Composed commands: what can't be fetched",
            files: ["there": "1\n", "list": "there\nnot there\n"],
            #"cat list | parallel "cat {} 2>/dev/null || grep -n {} list""#,
            #"cat list | tally run "cat {} 2>/dev/null || grep -n {} list""#),
        Example(
            "Composed commands: empty files for links", files: ["source/a": "1", "'source/b c'": "2"],
            given: "cp -rs $PWD/source mirror_dir",
            "find mirror_dir -type l | parallel -m rm {} '&&' touch {}",
            "find mirror_dir -type l | tally run 'rm {} && touch {}'"),
        Example(
            "Composed commands: files that don't exist",
            files: ["there": "", "list": "there\nnot there\nnor this\n"],
            "cat list | parallel 'if [ ! -e {} ] ; then echo {}; fi'",
            "cat list | tally run 'if [ ! -e {} ] ; then echo {}; fi'"),
        Example(
            "Calling Bash functions",
            #"doit() { echo "Doing it for $1"; }; export -f doit; SHELL=/bin/bash parallel doit ::: 1 2 3"#,
            #"doit() { echo "Doing it for $1"; }; export -f doit; tally run bash -c 'doit "$1"' bash ::: 1 2 3"#
        ),
        Example(
            "Log rotate", given: "for n in 1 2 3 4 5 6 7 8 9; do echo $n >log.$n; done",
            "seq 9 -1 1 | parallel -j1 mv log.{} log.'{= $_++ =}'",
            "seq 9 -1 1 | tally run -j1 'n={}; mv log.$n log.$((n + 1))'"),
        Example(
            "Removing file extension when processing files", files: ["x": "1", "'y z'": "2"],
            given: "for f in *; do tar --mtime=@0 -cf \"$f.tar\" \"$f\"; rm \"$f\"; done",
            "parallel 'mkdir {.}; cd {.}; tar xf ../{}' ::: *.tar",
            "tally run 'mkdir {.}; cd {.}; tar xf ../{}' ::: *.tar"),
        Example(
            "Removing file extension: recompressing", files: pages, given: "gzip -nr .",
            "parallel 'zcat {} | gzip -n --fast >{.}.fast && rm {}' ::: *.gz",
            "tally run 'zcat {} | gzip -n --fast >{.}.fast && rm {}' ::: *.gz"),
        Example(
            "Removing file extension: {/.}",
            files: ["sounds/a.wav": "1", "'sounds/d/b c.wav'": "2", "mydir/x": ""],
            "find sounds -type f -name '*.wav' | parallel cp {} mydir/{/.}.mp3",
            "find sounds -type f -name '*.wav' | tally run cp {} mydir/{/.}.mp3"),
        Example(
            "Rewriting a for-loop", files: ["list": "a.png\nb c.png\n", "a.png": "1", "'b c.png'": "2"],
            #"cat list | parallel 'echo {} scale {.}.jpg; wc -c <{}; : {.}' | sort"#,
            #"cat list | tally run 'echo {} scale {.}.jpg; wc -c <{}; : {.}' | sort"#),
        Example(
            "Run the same command 10 times", "seq 10 | parallel -n0 echo my_args",
            "seq 10 | tally run 'echo my_args; : {}'"),
        Example(
            "Working as cat | sh", files: ["jobs_to_run": "echo one\necho two | tr t T\ntrue 'a b'\n"],
            "cat jobs_to_run | parallel",
            "cat jobs_to_run | tally run sh -c"),
        Example(
            "-I, {#} and {//}", ordered: true, "parallel -j1 -I ,, echo {#} {//} ,, ::: d/a b",
            "tally run -j1 -I ,, echo {#} {//} ,, ::: d/a b"),
        Example(
            "--retries", "parallel --retries 3 'echo x >>log{}; test $(wc -l <log{}) -ge 3' ::: 1 2",
            "tally run --retries 2 'echo x >>log{}; test $(wc -l <log{}) -ge 3' ::: 1 2"),
        Example(
            "--timeout", "parallel --timeout 1 'sleep {}; echo {}' ::: 0 30",
            "tally run --timeout 1s 'sleep {}; echo {}' ::: 0 30"),
    ]
}

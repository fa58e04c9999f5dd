import Testing

@testable import CommandTemplate

@Suite struct ShellTemplateTests {
    @Test(arguments: [
        // line, value, what the shell is given
        ("gzip -kf {}", "a.log", "gzip -kf a.log"),
        ("gzip -kf {}", "a b.log", "gzip -kf 'a b.log'"),
        ("gzip -kf {}", "it's", #"gzip -kf 'it'\''s'"#),
        ("gzip -kf {}", "$(x)`y`\"", "gzip -kf '$(x)`y`\"'"),
        ("gzip -kf {.}", ".bashrc", "gzip -kf ''"),
        ("gzip {/} > out/{/}.gz", "d/a b", "gzip 'a b' > out/'a b'.gz"),
        ("cd {//} && ls {/.}; echo {#}|cat", "d/a b.c", "cd d && ls 'a b'; echo 7|cat"),
        // touched by other text, even a plain word is quoted
        ("echo {}>f", "2", "echo '2'>f"),
        ("echo $a{} ~{} {}{} A{}=", "x", "echo $a'x' ~'x' 'x''x' A'x'="),
        (#"echo \ {} {}\ "#, "x", #"echo \ 'x' 'x'\ "#),
        // a word that would be more than a word in front of a command
        ("{} x", "if", "'if' x"),
        ("{} x", "a=b", "'a=b' x"),
        ("x {}", "--a=b", "x --a=b"),
        // not placeholders
        (#"find {} -exec rm \{} \{\} {\} \;"#, "d", #"find d -exec rm \{} \{\} {\} \;"#),
        ("f() { echo {}; }; f", "x", "f() { echo x; }; f"),
        ("echo ${#} {}", "x", "echo ${#} x"),
        (#"echo "\{}" {}"#, "x", #"echo "\{}" x"#),
        // a script of its own
        (
            "echo $(basename {}) \"$(cat {} | wc -l)\"", "a b",
            "echo $(basename 'a b') \"$(cat 'a b' | wc -l)\""
        ),
        ("echo \"$(echo \"$(cat {})\")\"", "a b", "echo \"$(echo \"$(cat 'a b')\")\""),
        ("(cat {})", "a b", "(cat 'a b')"),
        // quotes, expansions and comments that don't touch it
        (
            "echo 'a\"' \"b'\" `date` $'c' ${d%.*} $((1 + 2)) {}", "x",
            "echo 'a\"' \"b'\" `date` $'c' ${d%.*} $((1 + 2)) x"
        ),
        ("echo a#b {} # don't", "x", "echo a#b x # don't"),
        (
            "echo \"${a:-b}\" ${c#'}'} $(($(wc -l <f) * (2 + $n))) {}", "x",
            "echo \"${a:-b}\" ${c#'}'} $(($(wc -l <f) * (2 + $n))) x"
        ),
        ("case {} in a) echo {};; (b) :;; esac", "a b", "case 'a b' in a) echo 'a b';; (b) :;; esac"),
        ("eval \"$(env)\"; gzip {}", "x", "eval \"$(env)\"; gzip x"),
        ("gzip {} \\\n  -k &&\\\n ls", "x", "gzip x \\\n  -k &&\\\n ls"),
        ("cat <<E >{}\nit's $a\nE\necho {}", "a b", "cat <<E >'a b'\nit's $a\nE\necho 'a b'"),
        ("cat <<-'E'\n$(\n\tE\necho {}", "a b", "cat <<-'E'\n$(\n\tE\necho 'a b'"),
        ("x=$(cat <<E\na\nE\n) y {}", "a b", "x=$(cat <<E\na\nE\n) y 'a b'"),
    ])
    func fillsIn(line: String, value: String, expected: String) throws {
        #expect(try text(shellLine(line, value: bytes(value), number: 7)) == expected)
    }

    @Test(arguments: [
        ("gzip -k", "gzip -k 'a b'"),
        ("FOO=1 gzip 2>f ", "FOO=1 gzip 2>f  'a b'"),
        ("sort <", "sort < 'a b'"),
        ("cat a | sort -u", "cat a | sort -u 'a b'"),
        ("cd x; echo '{'", "cd x; echo '{' 'a b'"),
        ("cat <<E\nx\nE\nls -l", "cat <<E\nx\nE\nls -l 'a b'"),
        ("test -f x && ! grep y", "test -f x && ! grep y 'a b'"),
    ])
    func appendsWhereNoPlaceholderIs(line: String, expected: String) throws {
        #expect(try text(shellLine(line, value: bytes("a b"))) == expected)
    }

    @Test(arguments: [
        "gzip;", "gzip &", "cat |", "gzip\n", "a &&", "FOO=1", ">f", "2>f", "! ", "gzip # it", "(gzip)",
        "if a; then b; fi", "{ a; }", "while a; do b; done", "cat <<E\nx\nE", "cat <<E\nx\nE\n", "eval a",
    ])
    func appendsNothingThatWouldBeNoArgument(line: String) throws {
        #expect(throws: TemplateError.noPlaceForValue) { try shellTemplate(line) }
    }

    @Test(arguments: [
        ("%", "echo {} % {.}", "echo {} 'a b' 'a b'"),
        ("FILE", "cp FILE FILE.bak", "cp 'a b' 'a b'.bak"),
        ("a", "eval b; cat x", "ev'a b'l b; c'a b't x"),
        // No file descriptor any more, and so the command's name.
        ("7", "7>f eval 7", "'a b'>f eval 'a b'"),
    ])
    func replacementIsTaken(replacement: String, line: String, expected: String) throws {
        #expect(try text(shellLine(line, value: bytes("a b"), replacement: replacement)) == expected)
    }
}

import Testing

@testable import CommandTemplate

@Suite struct ShellTemplateErrorTests {
    @Test(arguments: [
        (
            "gzip '{}'",
            "column 7: {} stands inside single quotes; take the quotes off it, each value is quoted by itself; for example: echo {}"
        ),
        (
            "gzip -k \"a/{/.}\"",
            "column 12: {/.} stands inside double quotes; take the quotes off it, each value is quoted by itself; for example: echo {/.}"
        ),
        (
            "écho $'{}'",
            "column 8: {} stands inside single quotes; take the quotes off it, each value is quoted by itself; for example: echo {}"
        ),
        ("echo `cat {}`", "column 11: {} stands inside backticks; write $(…) in place of the backticks"),
        ("echo ${a:-{}}", "column 11: {} stands inside ${…}; give it to a variable first: v={}"),
        ("echo ${}", "column 7: {} stands inside ${…}; give it to a variable first: v={}"),
        ("echo $(({#} + 1))", "column 9: {#} stands inside $((…)); give it to a variable first: v={#}"),
        ("echo \"${a:-$(cat {})}\"", "column 18: {} stands inside ${…}; give it to a variable first: v={}"),
        (
            "cat <<E\na\nb {}\nE",
            "line 3, column 3: {} stands inside a here-document; give it to a variable first: v={}"
        ),
        ("ls # {}", "column 6: {} stands inside a comment; take it out"),
        ("eval gzip {}", "column 11: eval would read the value of {} anew, and run what is written in it"),
        (#"e\va"l" {}"#, "column 9: eval would read the value of {} anew, and run what is written in it"),
        (
            "command -p eval {}",
            "column 17: eval would read the value of {} anew, and run what is written in it"
        ),
        (
            "eval \"$(a; echo {})\"",
            "column 17: eval would read the value of {} anew, and run what is written in it"
        ),
        (
            "A=1 trap {} EXIT",
            "column 10: trap would read the value of {} anew, and run what is written in it"
        ),
    ])
    func namesTheColumnAndSaysWhatToDo(line: String, message: String) throws {
        let error = try #require(throws: TemplateError.self) { try shellTemplate(line) }
        #expect(error.description == message)
    }

    @Test(arguments: [
        ("a 'b", 3), ("a \"b", 3), ("a `b", 3), ("a $(b", 3), ("a (b", 3), ("a ${b", 3), ("a $((b", 3),
        ("a b\\", 4), ("a $[1]", 3), ("a ((1))", 3), ("[[ -f x ]]", 1), ("alias a=b", 1), ("a &>b", 3),
        ("a <(b)", 3), ("a=(b)", 3), ("a=() b", 3), ("ls !(b)", 5), ("a ># b", 4),
        ("a $'b\\'' c", 3), ("\"$(case a in a) b;; esac)\"", 4), ("a $((b) )", 3), ("a $((b#c))", 7),
        ("a $(( \"b\" ))", 7), ("a \"${b:-'}'}\"", 9), ("a ${b:-{c}", 8), ("a ${ b;}", 3), ("a ${b:-`c`}", 8),
        ("a $\\\n(b)", 4), ("a <\\\n<E", 4), ("a (\\\n(b))", 4), ("a&\\\n>b", 3),
        ("a <<E", 3), ("a <<E\nb", 3), ("a <<$b\nc\n", 3), ("a <<'E F'\nE F\n", 3), ("a <<E\nEF\nE", 1),
        ("a <<E\n$(b\nE\n)\nE", 1), ("a <<E\nb\\\nE\nE", 2), ("a <<E $(b)\nE", 3), ("a <<E 'b\nE\n'", 3),
        ("a $(b <<E)\nE\n", 7),
    ])
    func refusesWhatItCannotFollow(line: String, column: Int) throws {
        let error = try #require(throws: TemplateError.self) { try shellTemplate(line) }
        guard case .unfollowable(_, let position) = error else { throw error }
        #expect(position.column == column)
    }

    @Test func refusesEndlessNesting() {
        let line = String(repeating: "$(", count: 100_000)
        #expect(throws: TemplateError.self) { try shellTemplate("a " + line) }
    }

    @Test(arguments: ["'", "\"", "\\", "$", "`", "#", "(", "a b", ";", "|"])
    func refusesAReplacementWithAMeaningOfItsOwn(replacement: String) {
        #expect(throws: TemplateError.self) { try shellTemplate("echo a", replacement: replacement) }
    }

    @Test func refusesAFunctionWhoseNameHoldsAValue() {
        #expect(
            throws: TemplateError.unfollowable(
                "shells disagree about '(' right behind a word", at: SourcePosition(column: 3))
        ) {
            try shellTemplate("vf() { :; }", replacement: "v")
        }
    }

    @Test func refusesADollarBeforeAPlaceholder() {
        #expect(throws: TemplateError.followsDollar(placeholder: "%", at: SourcePosition(column: 6))) {
            try shellTemplate("echo $%", replacement: "%")
        }
    }

    @Test(arguments: ["", " ", "\n", "\t \n"])
    func refusesAnEmptyLine(line: String) {
        #expect(throws: TemplateError.noCommand) { try shellTemplate(line) }
    }
}

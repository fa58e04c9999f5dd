import Glibc
import ProcessTesting
import Testing

extension Processes {
    /// What is in a value is data: never executed, never taken for something else.
    @Suite struct RunValues {
        /// Each would leave a file named `canary` somewhere if any part of it were executed.
        static let names: [[UInt8]] =
            [
                "plain", "two words", "  spaces around  ", "tab\there", "new\nline", "\nat both ends\n",
                "it's", "\"double\"", "'single'", "a'b\"c`d", "back\\slash", "trailing\\", "$HOME", "${PATH}",
                "$(touch canary)", "`touch canary`", "; touch canary", "& touch canary", "| touch canary",
                "'; touch canary; '", "\"; touch canary; \"", "\ntouch canary\n", "> canary", "$(>canary)",
                "*", "?", "[a-z]", "~", "#comment", "!history", "{}", "{.}", "{#}", "a=b", "%s", "naïve 漢字 🎉",
                "\u{1b}[31m", "\u{7}", "\u{7f}",
            ].map { bytes($0) } + [[0xff], [0xfe, 0x20, 0x80], bytes("caf") + [0xe9], [0xed, 0xa0, 0x80]]

        static let dashes: [[UInt8]] = ["-", "--", "-n", "--help", "-rf", "-$(touch canary)"].map {
            bytes($0)
        }

        enum Form: CaseIterable, CustomTestStringConvertible {
            case line, words

            func command(_ beforeValue: [String]) -> [String] {
                switch self {
                case .line: [(["sha256sum"] + beforeValue + ["{}"]).joined(separator: " ")]
                case .words: ["sha256sum"] + beforeValue + ["{}"]
                }
            }

            var testDescription: String { self == .line ? "a shell's line" : "words" }
        }

        @Test(arguments: Form.allCases) func everyNameReachesTheCommandAsItIs(_ form: Form) async throws {
            try await withHome { home in
                try makeFiles(home, Self.names)
                let expected = try await reference(home, Self.names)
                let found = try await home.run(
                    raw: (["run"] + form.command([]) + [":::"]).map { bytes($0) } + Self.names)
                #expect(found.ending == .exited(0), "\(found.error)")
                #expect(lines(found.outputBytes) == expected)
                expectNoCanary(home, Self.names.count)
            }
        }

        @Test func theEnvironmentIsBytesToo() async throws {
            try await withHome { home in
                // A shell can set what a String can't hold.
                let run = try home.start(
                    raw: [],
                    under: [
                        "/bin/bash", "-c",
                        "export ODD=$'caf\\xe9' ; exec \"$0\" run 'printf %s \"$ODD\"; : {}' ::: a",
                    ])
                #expect(try await run.end() == .exited(0), "\(run.errorText)")
                #expect(run.output == bytes("caf") + [0xe9])
            }
        }

        /// `-` alone is standard input to sha256sum, so it is written as a path.
        @Test func namesThatBeginWithADashAreValues() async throws {
            try await withHome { home in
                try makeFiles(home, Self.dashes)
                let found = try await home.run(
                    raw: ["run", "printf '%s\\n' {}", ":::"].map { bytes($0) }
                        + Self.dashes)
                #expect(found.ending == .exited(0), "\(found.error)")
                #expect(lines(found.outputBytes) == Self.dashes.sorted { $0.lexicographicallyPrecedes($1) })
                let sums = try await home.run(
                    raw: ["run", "sha256sum ./{}", ":::"].map { bytes($0) } + Self.dashes)
                #expect(sums.ending == .exited(0), "\(sums.error)")
                #expect(
                    lines(sums.outputBytes)
                        == (try await reference(home, Self.dashes.map { bytes("./") + $0 })))
                expectNoCanary(home, Self.dashes.count)
            }
        }

        @Test func standardInputIsLinesOrEndsWithNUL() async throws {
            try await withHome { home in
                let byLine = try await home.run(
                    "run", "printf '[%s]\\n' {}", input: "a b\n\n  c  \n$(touch canary)\nlast without an end")
                #expect(byLine.ending == .exited(0), "\(byLine.error)")
                #expect(
                    lines(byLine.outputBytes)
                        == lines(bytes("[a b]\n[  c  ]\n[$(touch canary)]\n[last without an end]\n")))
                let byNUL = try await home.run(
                    "run", "-0", "printf '[%s]\\0' {}", input: "two\nlines\0'quoted'\0\0x")
                #expect(byNUL.ending == .exited(0), "\(byNUL.error)")
                #expect(
                    lines(byNUL.outputBytes, separator: 0)
                        == lines(bytes("[two\nlines]\0['quoted']\0[x]\0"), separator: 0)
                )
                expectNoCanary(home, 0)
            }
        }

        @Test func withoutAPlaceholderTheValueIsAppended() async throws {
            try await withHome { home in
                let found = try await home.run("run", "echo", "got", ":::", "one", "t w o")
                #expect(found.ending == .exited(0), "\(found.error)")
                #expect(lines(found.outputBytes) == lines(bytes("got one\ngot t w o\n")))
            }
        }

        // MARK: Helpers

        private func makeFiles(_ home: Home, _ names: [[UInt8]]) throws {
            for (index, name) in names.enumerated() {
                try Files.write(bytes("content \(index)"), to: bytes("\(home.work)/") + name)
            }
        }

        /// What sha256sum says of all of them at once.
        private func reference(_ home: Home, _ names: [[UInt8]]) async throws -> [[UInt8]] {
            let process = try TestProcess(
                TestProcess.Launch(
                    executable: "/usr/bin/sha256sum", arguments: [bytes("--")] + names,
                    environment: ["LC_ALL=C.UTF-8"], folder: bytes(home.work), outputs: "\(home.path)/sums"))
            #expect(try await process.end() == .exited(0))
            return lines(process.output)
        }

        private func lines(_ output: [UInt8], separator: UInt8 = 0x0a) -> [[UInt8]] {
            output.split(separator: separator).map(Array.init).sorted { $0.lexicographicallyPrecedes($1) }
        }

        /// Nothing was made beside the files themselves.
        private func expectNoCanary(_ home: Home, _ files: Int) {
            #expect(Files.names(in: bytes(home.work)).count == files)
            #expect(!Files.names(in: bytes(home.path)).contains(bytes("canary")))
        }
    }
}

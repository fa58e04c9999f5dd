import Glibc
import ProcessTesting
import Testing

extension Processes {
    /// Completion in the shells themselves.
    @Suite struct Completion {
        /// The generated script in a real bash, and its function called as bash does for Tab.
        private static let bash = #"""
            source <("$0" --generate-completion-script bash)
            COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
            eval "$(complete -p tally | sed 's/.*-F \([^ ]*\).*/completion=\1/')"
            "$completion" tally "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
            printf '%s\n' "${COMPREPLY[@]}"
            """#

        private func complete(_ words: String..., in home: Home) async throws -> [String] {
            // bash expects the program that the completion asks under the name that was typed.
            let process = try home.start(
                raw: [bytes("tally")] + words.map { bytes($0) },
                environment: ["PATH=\(programs):/usr/bin:/bin"], under: ["/bin/bash", "-c", Self.bash])
            #expect(try await process.end() == .exited(0))
            #expect(process.errorText.isEmpty)
            return process.outputText.split(separator: "\n").map(String.init).sorted()
        }

        private var programs: String {
            Home.tally.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
                separator: "/")
        }

        @Test func bashCompletesCommandsOptionsIdsAndFiles() async throws {
            try await withCoordinator { home, _ in
                for id in ["first", "firm", "other"] { try await home.submit(id, [Line.noOp]) }
                try Files.write([], to: "\(home.work)/first.ndjson")
                #expect(try await complete("st", in: home) == ["status"])
                #expect(try await complete("status", "--j", in: home) == ["--json"])
                #expect(try await complete("watch", "", in: home).contains("other"))
                #expect(try await complete("cancel", "fir", in: home) == ["firm", "first"])
                #expect(try await complete("run", "--resume", "o", in: home) == ["other"])
                #expect(try await complete("submit", "fir", in: home) == ["first.ndjson"])
                #expect(try await complete("run", "gzip", ":::", "fir", in: home) == ["first.ndjson"])
                #expect(try await complete("submit", "--id", "fir", in: home) == [])
                let elsewhere = "ipc://\(home.path)/none/control"
                #expect(try await complete("cancel", "--coordinator", elsewhere, "", in: home) == [])
            }
        }

        @Test func withoutACoordinatorNothingIsCompletedSaidOrStarted() async throws {
            try await withHome { home in
                #expect(try await home.run("run", "true", ":::", "x").ending == .exited(0))
                for coordinator in home.coordinators { kill(coordinator, SIGKILL) }
                try await eventually("it is gone") { home.coordinators.isEmpty }
                #expect(try await complete("cancel", "", in: home) == [])
                #expect(home.coordinators.isEmpty)
            }
        }

        /// Others than bash complete in ways that need a terminal; that they understand their scripts is seen here.
        @Test(arguments: ["bash", "zsh", "fish"]) func theScriptIsInTheShellsLanguage(_ shell: String)
            async throws
        {
            try await withHome { home in
                let script = try await home.run("--generate-completion-script", shell)
                #expect(script.ending == .exited(0))
                try Files.write(script.outputBytes, to: "\(home.work)/script")
                let process = try home.start(under: ["/usr/bin/env", shell, "-n", "script", "--"])
                #expect(try await process.end() == .exited(0), "\(process.errorText)")
                #expect(process.errorText.isEmpty)
            }
        }

        @Test func fishCompletesIds() async throws {
            try await withCoordinator { home, _ in
                try await home.submit("first", [Line.noOp])
                let script = "tally --generate-completion-script fish | source; complete -C 'tally st'"
                let process = try home.start(
                    environment: ["PATH=\(programs):/usr/bin:/bin"], under: ["/usr/bin/fish", "-c", script])
                #expect(try await process.end() == .exited(0))
                #expect(process.outputText.hasPrefix("status\t"), "\(process.outputText)\(process.errorText)")
            }
        }
    }
}

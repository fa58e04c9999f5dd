import Foundation
import ProcessTesting
import Testing

extension Processes {
    @Suite struct Help {
        private struct Dump: Decodable {
            struct Command: Decodable {
                var commandName: String
                var abstract: String?
                var discussion: String?
                var subcommands: [Command]?
            }
            var command: Command
        }

        /// Of all commands but the parser's own.
        private func commands(_ home: Home) async throws -> [Dump.Command] {
            let dump = try await home.run("--experimental-dump-help").outputBytes
            let tree = try JSONDecoder().decode(Dump.self, from: Data(dump)).command
            return (tree.subcommands ?? []).filter { $0.commandName != "help" }
        }

        @Test func eachCommandsHelpOpensWithWhatItDoesAndAnExample() async throws {
            try await withHome { home in
                let commands = try await commands(home)
                #expect(commands.count >= 16)
                for command in commands {
                    let help = try await home.run(command.commandName, "--help")
                    #expect(help.ending == .exited(0) && help.error.isEmpty)
                    let lines = help.output.split(separator: "\n", omittingEmptySubsequences: false)
                    #expect(lines.first.map(String.init) == command.abstract)
                    let example = lines.dropFirst(2).first?.trimmingPrefix("  ")
                    #expect(example?.contains("tally ") == true, "\(command.commandName): \(example ?? "")")
                }
            }
        }

        @Test func textFitsIntoEightyColumns() async throws {
            try await withHome { home in
                for name in [nil] + (try await commands(home).map(\.commandName)) {
                    let help = try await home.run(
                        raw: ([name, "--help"].compactMap(\.self)).map { bytes($0) })
                    let text = help.output.split(separator: "\n\nUSAGE:")
                    for line in text.joined(separator: "\n").split(separator: "\n")
                    where !line.contains("tally \(name ?? "") [") {
                        #expect(line.count <= 80, "\(line)")
                    }
                }
            }
        }

        @Test func theProgramsHelpGroupsItsCommandsAndTellsOfSettingsAndExitCodes() async throws {
            try await withHome { home in
                let help = try await home.run("--help").output
                let places = [
                    "tally run 'gzip", "USAGE:", "RUN COMMANDS HERE:", "GIVE WORK TO OTHERS:",
                    "SEE HOW FAR IT IS:",
                    "STEER A BATCH:", "SET UP:", "Settings.", "TALLY_COORDINATOR", "Environment of commands.",
                    "TALLY_BATCH", "TALLY_OPERATION", "TALLY_ATTEMPT", "TALLY_PROGRESS", "0.25 encoding",
                    "TALLY_EVENT", "Exit codes:",
                    "Completions",
                ].map { help.firstRange(of: $0)?.lowerBound }
                #expect(!places.contains(nil))
                #expect(places.compactMap(\.self) == places.compactMap(\.self).sorted())
                #expect(try await home.run().output == help)
            }
        }

        /// Each says what was wrong, and what to type next.
        @Test(arguments: [
            (["stats"], "there is no command 'stats'; did you mean: tally status"),
            (["watc"], "there is no command 'watc'; did you mean: tally watch"),
            (["lsit"], "there is no command 'lsit'; did you mean: tally list"),
            (["help", "cancle"], "there is no command 'cancle'; did you mean: tally cancel"),
            (["juggle"], "there is no command 'juggle'; see what there is with: tally --help"),
            (["gzip {}", ":::", "a"], "there is no command 'gzip {}'; a command is run with: tally run"),
            (["status", "--jsn"], "unknown option '--jsn'. Did you mean '--json'?"),
            (["status", "--jsn"], "See 'tally status --help'"),
            (["list", "b"], "unexpected argument 'b'"),
            (["cancel"], "missing expected argument '<id>'"),
            (["cancel", "../x"], "the value '../x' is invalid for '<id>': an id is 1 to 64 letters"),
            (["run", "--job", "3", "true", ":::", "x"], "there is no option '--job'; did you mean: --jobs"),
            (["run", "--rerunlost"], "there is no option '--rerunlost'; did you mean: --rerun-lost"),
            (
                ["run", "--juggle", "true", ":::", "x"],
                "there is no option '--juggle'; a command that begins with '-' comes after '--'"
            ),
            (["submit", "--lable=x", "f"], "there is no option '--lable'; did you mean: --label"),
            (["submit", "--juggle", "f"], "there is no option '--juggle'; see: tally submit --help"),
            (["submit", "x", "--wait"], "'--wait' comes before the file: tally submit --wait x"),
            (["submit", "--timeout", "3s", "x"], "--timeout needs --type command"),
            (["submit", "true", ":::", "x"], "a command and values need --type command"),
            (["submit", "--type", "command", "--env", "A=b", "true", ":::", "x"], "--env A"),
        ])
        func aMistakeIsToldWithWhatToTypeNext(_ words: [String], says: String) async throws {
            try await withHome { home in
                let finished = try await home.run(raw: words.map { bytes($0) })
                #expect(finished.ending == .exited(2))
                #expect(
                    finished.error.hasPrefix("tally: ") && finished.error.contains(says), "\(finished.error)")
                #expect(finished.output.isEmpty)
            }
        }

        @Test func theManualPageIsWhatTheHelpSays() async throws {
            try await withHome { home in
                let folder = URL(filePath: Home.tally).deletingLastPathComponent()
                let generator = try home.start(under: [folder.appending(path: "ManualPage").path])
                #expect(try await generator.end() == .exited(0), "\(generator.errorText)")
                let page = URL(filePath: #filePath).deletingLastPathComponent()
                    .appending(path: "../../docs/tally.1").standardized.path
                #expect(Files.text(page) == generator.outputText, "run scripts/manual")
                #expect(
                    generator.outputText.utf8.allSatisfy { $0 < 0x80 },
                    "in the C locale troff leaves out what isn't ASCII")
                let lint = try home.start(under: ["/bin/sh", "-c", "mandoc -Tlint -Werror '\(page)'"])
                #expect(try await lint.end() == .exited(0), "\(lint.outputText)\(lint.errorText)")
            }
        }
    }
}

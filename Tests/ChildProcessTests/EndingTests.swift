import ChildProcess
import Glibc
import Testing

@Suite struct EndingTests {
    struct Row: CustomTestStringConvertible {
        let command: Command
        let ending: CommandResult.Ending
        var output = ""
        var error = ""

        var testDescription: String {
            let words: [[UInt8]] =
                switch command.invocation {
                case .arguments(let words): words
                case .shell(let line): [line]
                }
            let text = String(decoding: Array(words.joined(separator: [0x20])), as: UTF8.self)
            return "\(text.prefix(60)) → \(ending)"
        }
    }

    static let rows: [Row] = [
        Row(command: .words(["true"]), ending: .exited(code: 0)),
        Row(command: .shell("exit 3"), ending: .exited(code: 3)),
        Row(command: .shell("exit 255"), ending: .exited(code: 255)),
        Row(
            command: .shell("printf out; printf error >&2; exit 1"), ending: .exited(code: 1), output: "out",
            error: "error"),
        Row(command: .shell("printf a | tr a b"), ending: .exited(code: 0), output: "b"),
        Row(command: .shell("exec >&-; exec sleep 0.05"), ending: .exited(code: 0)),
        Row(command: .shell("-- exit 3"), ending: .exited(code: 127), error: "/bin/sh: 1: --: not found\n"),
        Row(command: .shell("kill -9 $$"), ending: .signalled(SIGKILL)),
        Row(command: .shell("kill -TERM $$"), ending: .signalled(SIGTERM)),
        // This process ignores SIGPIPE, as servers do; its commands must not.
        Row(command: .shell("kill -PIPE $$"), ending: .signalled(SIGPIPE)),
        Row(command: .words(["cat"]), ending: .exited(code: 0)),
        Row(
            command: .words(["grep", "-E", "Sig(Blk|Ign)", "/proc/self/status"]), ending: .exited(code: 0),
            output: "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n"),
        // The 3 is ls's own.
        Row(command: .words(["ls", "/proc/self/fd"]), ending: .exited(code: 0), output: "0\n1\n2\n3\n"),
        Row(
            command: .shell("read pid _ _ _ group _ < /proc/$$/stat; echo $((pid - group))"),
            ending: .exited(code: 0), output: "0\n"),
        Row(
            command: Command(.arguments([bytes("/usr/bin/env")]), environment: [bytes("A=1"), bytes("B=")]),
            ending: .exited(code: 0), output: "A=1\nB=\n"),
        Row(command: .words(["/bin/pwd"]).in(bytes("/usr")), ending: .exited(code: 0), output: "/usr\n"),
        Row(command: .words([]), ending: .couldNotStart(.emptyCommand)),
        Row(command: .words(["echo", "a\0b"]), ending: .couldNotStart(.zeroByte)),
        Row(command: .words([""]), ending: .couldNotStart(.commandNotFound([]))),
        Row(command: .words(["no-such"]), ending: .couldNotStart(.commandNotFound(bytes("no-such")))),
        Row(command: .words(["./no-such"]), ending: .couldNotStart(.commandNotFound(bytes("./no-such")))),
        Row(
            command: .words(["/etc/passwd"]), ending: .couldNotStart(.permissionDenied(bytes("/etc/passwd")))),
        Row(
            command: .words(["true"]).in(bytes("/no/such")),
            ending: .couldNotStart(.noSuchFolder(bytes("/no/such")))),
        Row(
            command: .words(["true"]).in(bytes("/etc/passwd")),
            ending: .couldNotStart(
                .folderNotUsable(bytes("/etc/passwd"), SystemFailure("enter the folder", code: ENOTDIR)))),
        Row(
            command: .words(["echo", String(repeating: "x", count: 1 << 20)]),
            ending: .couldNotStart(.system(SystemFailure("execute", code: E2BIG)))),
    ]

    @Test(arguments: rows) func `a command ends as it says`(_ row: Row) async throws {
        signal(SIGPIPE, SIG_IGN)
        let result = try await CommandRunner().run(row.command)
        #expect(result.ending == row.ending)
        #expect(result.standardOutput.text == row.output)
        #expect(result.standardError.text == row.error)
    }

    @Test func `what a command used is told`() async throws {
        let began = ContinuousClock.now
        let result = try await CommandRunner().run(
            .shell("i=0; while [ $i -lt 40000 ]; do i=$((i + 1)); done"))
        let used = result.userTime + result.systemTime
        #expect(result.startedAt >= began && result.startedAt + result.elapsed <= .now)
        #expect(used > .milliseconds(1) && used <= result.elapsed + .milliseconds(20))
    }

    @Test func `commands run side by side`() async throws {
        let runner = try CommandRunner()
        await withTaskGroup(of: CommandResult.self) { group in
            for number in 0..<200 {
                group.addTask { await runner.run(.shell("echo \(number); exit \(number)")) }
            }
            for await result in group {
                let code = result.standardOutput.text.dropLast()
                #expect(Int32(code).map { result.ending == .exited(code: $0) } == true)
            }
        }
    }
}

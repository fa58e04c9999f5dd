import ChildProcess
import Glibc
import Testing

/// Names are bytes, whatever they hold.
@Suite struct NameTests {
    static let names: [[UInt8]] = [
        bytes("two words"), bytes("\"quotes\" and 'quotes'"), bytes("new\nline\n"),
        bytes("$(touch x)`id`$HOME"),
        bytes("-n"), bytes("--"), bytes("*"), bytes("\\"), bytes("ü"), [0xFF, 0xFE, 0x80, 0x20, 0xC3],
        Array(1...0x2E) + Array(0x30...0xFF),
    ]

    @Test(arguments: names) func `an argument arrives as it is`(_ name: [UInt8]) async throws {
        let command = Command(
            .arguments([bytes("printf"), bytes("%s|%s"), name, []]), environment: plainEnvironment)
        let result = try await CommandRunner().run(command)
        #expect(result.ending == .exited(code: 0))
        #expect(result.standardOutput.head == name + bytes("|"))
    }

    @Test(arguments: names) func `a variable arrives as it is`(_ name: [UInt8]) async throws {
        let command = Command(
            .shell(bytes("printf %s \"$NAME\"")), environment: plainEnvironment + [bytes("NAME=") + name])
        #expect(try await CommandRunner().run(command).standardOutput.head == name)
    }

    @Test(arguments: names) func `a folder and a program may have any name`(_ name: [UInt8]) async throws {
        try await withTemporaryFolder { parent in
            let folder = parent + bytes("/") + name
            try #require(mkdir(folder.map(CChar.init(bitPattern:)) + [0], 0o755) == 0)
            try write("#!/bin/sh\npwd -P", to: folder + bytes("/") + name, mode: 0o755)
            let program = Command(
                .arguments([bytes("./") + name]), environment: plainEnvironment, workingDirectory: folder)
            let result = try await CommandRunner().run(program)
            #expect(result.ending == .exited(code: 0))
            #expect(result.standardOutput.head == folder + bytes("\n"))
        }
    }

    @Test func `a line that begins with a dash is a line and not an option`() async throws {
        let folder = "PATH=/tmp:/usr/bin:/bin"
        let result = try await CommandRunner().run(.shell("-x", environment: [bytes(folder)]))
        #expect(result.ending == .exited(code: 127))
    }
}

/// The search of execvpe(3), in the command's own `PATH`.
@Suite struct SearchTests {
    struct Row {
        let path: String
        let ending: CommandResult.Ending
        var output = ""
    }

    static let denied = CommandResult.Ending.couldNotStart(.permissionDenied(bytes("tool")))
    static let missing = CommandResult.Ending.couldNotStart(.commandNotFound(bytes("tool")))

    @Test(arguments: [
        Row(path: "first:second", ending: .exited(code: 0), output: "first"),
        Row(path: "none:second:first", ending: .exited(code: 0), output: "second"),
        Row(path: "plain-file:second", ending: .exited(code: 0), output: "second"),
        Row(path: "denied:second", ending: .exited(code: 0), output: "second"),
        Row(path: "none:denied", ending: denied),
        Row(path: "denied:none", ending: denied),
        Row(path: "none:", ending: .exited(code: 0), output: "here"),
        Row(path: "none", ending: missing),
    ])
    func `a word without a slash is looked for`(_ row: Row) async throws {
        try await withTemporaryFolder { folder in
            for name in ["first", "second", "denied"] {
                try #require(mkdir((folder + bytes("/\(name)\0")).map(CChar.init(bitPattern:)), 0o755) == 0)
            }
            // Without an interpreter line, as execvpe(3) allows.
            try write("printf first", to: folder + bytes("/first/tool"), mode: 0o755)
            try write("#!/bin/sh\nprintf second", to: folder + bytes("/second/tool"), mode: 0o755)
            try write("#!/bin/sh\nprintf here", to: folder + bytes("/tool"), mode: 0o755)
            try write("", to: folder + bytes("/denied/tool"))
            try write("", to: folder + bytes("/plain-file"))
            let path = bytes("PATH=") + absolute(row.path, in: folder)
            let command = Command(.arguments([bytes("tool")]), environment: [path], workingDirectory: folder)
            let result = try await CommandRunner().run(command)
            #expect(result.ending == row.ending)
            #expect(result.standardOutput.text == row.output)
        }
    }

    private func absolute(_ path: String, in folder: [UInt8]) -> [UInt8] {
        let folders = path.split(separator: ":", omittingEmptySubsequences: false)
        return Array(folders.map { $0.isEmpty ? [] : folder + bytes("/\($0)") }.joined(separator: bytes(":")))
    }

    @Test func `without a PATH the standard folders are searched`() async throws {
        let command = Command(.arguments([bytes("true")]), environment: [])
        #expect(try await CommandRunner().run(command).ending == .exited(code: 0))
    }
}

import Glibc
import Testing

@testable import CommandTemplate

func bytes(_ text: String) -> [UInt8] {
    Array(text.utf8)
}

func text(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self)
}

func shellTemplate(_ line: String, replacement: String = "{}") throws -> Template {
    try Template.parse(words: [bytes(line)], replacement: bytes(replacement))
}

/// The line for `/bin/sh -c`.
func shellLine(_ line: String, value: [UInt8], number: Int = 1, replacement: String = "{}") throws -> [UInt8]
{
    let invocation = try shellTemplate(line, replacement: replacement).invocation(for: value, number: number)
    guard case .shell(let result) = invocation else { throw Failure("one word is a shell line") }
    return result
}

struct Failure: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// Always the same numbers for a seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// An empty folder to run shells in, removed with all that is in it.
final class Folder {
    let path: String

    init() throws {
        var template = Array("/tmp/tally-template-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure("mkdtemp: \(errno)") }
        path = template.withUnsafeBufferPointer { buffer in
            String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    func contains(_ name: String) -> Bool {
        access("\(path)/\(name)", F_OK) == 0
    }

    deinit {
        _ = try? run(["/bin/rm", "-rf", path].map(bytes), in: path)
    }
}

/// The shells a line is tried in: what `/bin/sh` is here, and bash, which it is elsewhere.
let shells: [[String]] = [["/bin/sh"], ["/bin/bash", "--posix"]].filter { access($0[0], X_OK) == 0 }

/// Runs a program in `folder` with empty standard input; gives its standard output.
func run(_ words: [[UInt8]], in folder: String) throws -> [UInt8] {
    let outputPath = "\(folder)/.output"
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    let arguments = cStrings(["/usr/bin/env", "-C", folder].map(bytes) + words)
    let environment = cStrings([bytes("PATH=/usr/bin:/bin"), bytes("LC_ALL=C.UTF-8")])
    defer { for string in arguments + environment { free(string) } }
    var child: pid_t = 0
    let outcome = posix_spawn(&child, "/usr/bin/env", &actions, nil, arguments, environment)
    guard outcome == 0 else { throw Failure("posix_spawn: \(outcome)") }
    var status: Int32 = 0
    waitpid(child, &status, 0)
    return try readFile(outputPath)
}

private func cStrings(_ words: [[UInt8]]) -> [UnsafeMutablePointer<CChar>?] {
    words.map { word in strdup(word.map { CChar(bitPattern: $0) } + [0]) } + [nil]
}

private func readFile(_ path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { throw Failure("open: \(errno)") }
    defer { close(descriptor) }
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while case let count = read(descriptor, &chunk, chunk.count), count > 0 {
        content += chunk[..<count]
    }
    return content
}

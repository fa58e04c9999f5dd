import ChildProcess
import Glibc
import Testing

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

let plainEnvironment = [bytes("PATH=/usr/local/bin:/usr/bin:/bin")]

extension Command {
    static func shell(
        _ line: String, environment: [[UInt8]] = plainEnvironment, timeout: Duration? = nil,
        grace: Duration = .seconds(10), keepWhole: Bool = false
    ) -> Command {
        Command(
            .shell(bytes(line)), environment: environment, timeout: timeout, grace: grace,
            keepWhole: keepWhole)
    }

    static func words(_ words: [String]) -> Command {
        Command(.arguments(words.map(bytes)), environment: plainEnvironment)
    }

    func `in`(_ folder: [UInt8]) -> Command {
        var copy = self
        copy.workingDirectory = folder
        return copy
    }
}

extension CapturedOutput {
    /// All of it, for outputs that are small.
    var text: String { String(decoding: head + tail, as: UTF8.self) }
}

/// How many times as long as otherwise is waited: programs with a sanitizer in them take their time.
private let patience = getenv("TALLY_TEST_PATIENCE").flatMap { Int(String(cString: $0)) } ?? 1

/// Waits until the condition holds; fails the test when it still doesn't after `limit`.
func eventually(
    _ what: Comment, within limit: Duration = .seconds(30),
    at location: SourceLocation = #_sourceLocation, _ condition: () -> Bool
) async {
    let end = ContinuousClock.now + limit * patience
    while !condition() {
        guard ContinuousClock.now < end else {
            Issue.record(what, sourceLocation: location)
            return
        }
        try? await Task.sleep(for: .milliseconds(2))
    }
}

/// A folder that is there for one test.
func withTemporaryFolder<Answer>(_ body: ([UInt8]) async throws -> Answer) async throws -> Answer {
    var name = Array("/tmp/child-process-tests-XXXXXX".utf8CString)
    try #require(mkdtemp(&name) != nil)
    let path = name.dropLast().map(UInt8.init(bitPattern:))
    let remover = try CommandRunner()
    let answer = try await body(path)
    let removal = Command(.arguments([bytes("rm"), bytes("-rf"), path]), environment: plainEnvironment)
    #expect(await remover.run(removal).ending == .exited(code: 0))
    return answer
}

func write(_ content: String, to path: [UInt8], mode: mode_t = 0o644) throws {
    let name = path.map(CChar.init(bitPattern:)) + [0]
    let file = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, mode)
    try #require(file >= 0)
    #expect(Glibc.write(file, content, content.utf8.count) == content.utf8.count)
    close(file)
}

import Foundation
import ProcessTesting
import Testing

/// Short runs of what scripts/chaos does for as long as one likes. They have the machine to themselves: the deadlines of
/// what goes on in them are seconds.
@Suite(.serialized) struct ChaosTests {
    @Test func nothingIsLostOrDoneTwiceUnderFaults() async throws {
        // A seed by which the coordinator is stopped for longer than a lease.
        let said = try await chaos("--minutes", "1", "--seed", "2")
        #expect(said.contains("seed 2: all is right"), "\(said)")
    }

    @Test func nothingIsLostOrDoneTwiceWhenEverythingIsKilled() async throws {
        let said = try await chaos("--everything", "3", "--operations", "5000")
        #expect(said.contains("3 times: all is right"), "\(said)")
    }

    /// What a run leaves is judged rightly only if the judge finds what is wrong with it.
    @Test func theAuditFindsWhatIsWrong() async throws {
        try await withHome { home in
            let words = [
                try Self.python(), "-m", "unittest", "discover", "-s", Self.folder, "-p", "*_test.py",
            ]
            let tests = try home.start(
                words: words.map { Array($0.utf8) },
                environment: ["PYTHONPATH=\(Self.scripts)", "PYTHONDONTWRITEBYTECODE=1"])
            #expect(try await tests.end() == .exited(0), "\(tests.errorText)")
            #expect(tests.errorText.contains("OK"), "\(tests.errorText)")
        }
    }

    /// What a run says. It fails if the run does, whose folder is kept then.
    private func chaos(_ arguments: String...) async throws -> String {
        try await withHome { home in
            let words = [try Self.python(), Self.scripts, "--program", Home.tally] + arguments
            let run = try home.start(
                words: words.map { Array($0.utf8) }, environment: ["PYTHONDONTWRITEBYTECODE=1"])
            let ending = try await run.end(within: .seconds(420))
            #expect(ending == .exited(0), "\(run.outputText)\n\(run.errorText)")
            return run.outputText
        }
    }

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
    private static let scripts = URL(fileURLWithPath: "\(folder)/../../scripts/lib/chaos").standardized.path

    private static func python() throws -> String {
        guard let python = ProcessInfo.processInfo.environment["TALLY_TEST_PYTHON"] else {
            throw Overdue("TALLY_TEST_PYTHON names no Python with pyzmq: run scripts/test, which makes one")
        }
        return python
    }
}

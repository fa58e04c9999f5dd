import Foundation
import Glibc
import ProcessTesting
import Testing

extension Row {
    /// Does what the row says, in a fresh folder, and compares.
    func check() async throws {
        switch world {
        case .own: try await withHome { try await check(in: $0) }
        case .user: try await check(in: try #require(Worlds.current?.user))
        case .fleet: try await check(in: try #require(Worlds.current?.fleet))
        }
    }

    private func check(in home: Home) async throws {
        let folder = try WorkingFolder(in: home)
        for (name, content) in files { try folder.write(content, to: name) }
        for line in given {
            let before = try await home.bash(line, environment: environment, in: folder.path)
            try #require(before.ending == .exited(0), "\(line): \(before.error)")
        }
        let before = folder.content
        let found = try await run(in: home, folder)
        expect(found.ending == .exited(code), "\(found)")
        expect(out.matches(found.output), "standard output: \(found)")
        expect(err.matches(found.error), "standard error: \(found)")
        if let terminal { expect(terminal.shows.matches(bytes(found.screen)), found.screen.debugDescription) }
        compare(folder.content, with: before)
    }

    private func compare(_ after: [[UInt8]: [UInt8]], with before: [[UInt8]: [UInt8]]) {
        let expected = Dictionary(
            uniqueKeysWithValues: leaves.map { (Array(Words.split($0.key).joined()), $0.value) })
        for name in Set(after.keys).union(before.keys).union(expected.keys) {
            let shown = String(decoding: name, as: UTF8.self)
            if let expected = expected[name] {
                let content = after[name].map { String(decoding: $0, as: UTF8.self) } ?? "not there"
                expect(after[name].map(expected.matches) == true, "\(shown) is \(content)")
            } else {
                expect(after[name] == before[name], "\(shown) was not to be touched")
            }
        }
    }

    /// The macro alone would print all bytes of what it compares.
    private func expect(
        _ isSo: Bool, _ found: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(isSo, "\(testDescription)\n  \(found)", sourceLocation: sourceLocation)
    }

    private func run(in home: Home, _ folder: WorkingFolder) async throws -> Found {
        let screen = try terminal.map {
            try PseudoTerminal(columns: $0.columns, rows: $0.rows, for: $0.streams)
        }
        let process = try home.start(
            words: words, environment: [Home.searchPath] + environment, in: folder.path,
            input: input.map { bytes($0) }, terminal: screen)
        let ending = try await eventuallyValue("the end of '\(line)'") {
            _ = screen?.output
            return process.ending
        }
        return Found(
            ending: ending, output: process.output, error: bytes(process.errorText),
            screen: String(decoding: screen?.output ?? [], as: UTF8.self))
    }

    private var words: [[UInt8]] {
        if line.hasPrefix("$ ") { return ["/bin/bash", "-euc", String(line.dropFirst(2))].map { bytes($0) } }
        return [bytes(Home.tally)] + Words.split(line)
    }
}

private struct Found: CustomStringConvertible {
    var ending: TestProcess.Ending
    var output: [UInt8]
    var error: [UInt8]
    var screen: String

    var description: String {
        "\(ending), printed \(String(decoding: output, as: UTF8.self).debugDescription), "
            + "said \(String(decoding: error, as: UTF8.self).debugDescription)"
    }
}

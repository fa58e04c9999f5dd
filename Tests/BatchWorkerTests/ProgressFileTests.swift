import Foundation
import Testing

@testable import BatchWorker

@Suite struct ProgressFileTests {
    static let lines: [(line: String, progress: Double?, message: String?)] = [
        ("0", 0, nil), ("1", 1, nil), ("0.4", 0.4, nil), ("0.4 resizing", 0.4, "resizing"),
        ("0.4 resizing cat.png now", 0.4, "resizing cat.png now"), ("  0.4  x", 0.4, " x"), (".5", 0.5, nil),
        ("1e-1", 0.1, nil),
        ("0.4 " + String(repeating: "x", count: 300), 0.4, String(repeating: "x", count: 200)),
        ("", nil, nil), (" ", nil, nil), ("half", nil, nil), ("40%", nil, nil), ("0,4", nil, nil),
        ("-0.1", nil, nil),
        ("1.01", nil, nil), ("nan", nil, nil), ("inf", nil, nil), ("resizing 0.4", nil, nil),
        ("0.4resizing", nil, nil),
    ]

    @Test(arguments: lines)
    func theLineSays(line: String, progress: Double?, message: String?) {
        let parsed = ProgressFile.parse(Array(line.utf8))
        #expect(parsed?.progress == progress && parsed?.message == message)
    }

    @Test func bytesThatAreNoTextAreShownSo() {
        let parsed = ProgressFile.parse(Array("0.5 ".utf8) + [0xff])
        #expect(parsed?.message == "\u{fffd}")
    }

    /// The command is given a name, and may make of it what it wants.
    @Test(arguments: ["nothing", "an empty file", "a pipe", "a folder"])
    func whatHasNoLines(what: String) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "progress-\(UUID().uuidString)")
            .path
        switch what {
        case "an empty file": try Data().write(to: URL(filePath: path))
        case "a pipe": #expect(mkfifo(path, 0o600) == 0)
        case "a folder":
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        default: break
        }
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(ProgressFile(path: path).lastLine() == nil)
    }

    /// What a worker that was killed has left is removed by the next one; what somebody uses, or owns for another
    /// purpose, isn't.
    @Test func abandonedFoldersAreRemoved() throws {
        let manager = FileManager.default
        let base = manager.temporaryDirectory.appending(path: "progress-\(UUID().uuidString)").path
        for folder in ["tally-progress.killed", "another"] {
            try manager.createDirectory(atPath: "\(base)/\(folder)", withIntermediateDirectories: true)
            try Data("0.5\n".utf8).write(to: URL(filePath: "\(base)/\(folder)/b-0-1"))
        }
        try Data().write(to: URL(filePath: "\(base)/tally-progress.file"))
        defer { try? manager.removeItem(atPath: base) }

        let first = try ProgressFolder(in: base)
        let second = try ProgressFolder(in: base)
        let names = Set(try manager.contentsOfDirectory(atPath: base))
        #expect(
            names == [
                "another", "tally-progress.file", URL(filePath: first.path).lastPathComponent,
                URL(filePath: second.path).lastPathComponent,
            ])
        #expect(manager.fileExists(atPath: "\(base)/another/b-0-1"))
        first.remove()
        second.remove()
        #expect(try manager.contentsOfDirectory(atPath: base).count == 2)
    }
}

import Foundation
import Glibc
import MatrixAPI
import ProcessTesting
import Synchronization

/// A real homeserver with its own folder and port, on this machine alone.
package final class Synapse: Sendable {
    package enum Limits: String, Sendable {
        /// Those on messages and logins as they are in a new Synapse.
        case standard
        case off
    }

    package static let serverName = "tally.test"

    package let url: String
    private let limits: Limits
    private let folder: String
    private let process: Mutex<TestProcess>

    package init(_ limits: Limits) async throws {
        var template = Array("/tmp/tally-synapse-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("make a folder in /tmp") }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let first = try Self.launch(in: folder, limits)
        url = try await eventuallyValue("Synapse has a port") {
            guard first.isRunning else { throw Overdue(first.errorText) }
            return first.outputText.firstMatch(of: /(http:.*)\n/).map { String($0.1) }
        }
        process = Mutex(first)
        self.limits = limits
        self.folder = folder
        try await untilReady()
    }

    deinit {
        process.withLock { $0.signal(SIGKILL) }
        Files.remove(bytes(folder))
    }

    /// SIGKILL; what it had acknowledged is on the disk.
    package func kill() async throws {
        let process = process.withLock { $0 }
        try await process.destroy()
    }

    /// On the same port, with the same data.
    package func start() async throws {
        let next = try Self.launch(in: folder, limits)
        process.withLock { $0 = next }
        try await untilReady()
    }

    private func untilReady() async throws {
        let client = try MatrixClient(homeserver: url, accessToken: nil)
        try await eventually("Synapse answers", within: .seconds(120)) {
            let process = process.withLock { $0 }
            guard process.isRunning else {
                throw Overdue("Synapse has ended:\n\(process.errorText.suffix(4000))")
            }
            return (try? await client.versions()) != nil
        }
    }

    private static func launch(in folder: String, _ limits: Limits) throws -> TestProcess {
        let script = URL(filePath: #filePath).deletingLastPathComponent().path + "/homeserver.py"
        return try TestProcess(
            TestProcess.Launch(
                executable: try python, arguments: [script, folder, limits.rawValue].map { bytes($0) },
                environment: ["PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "PYTHONDONTWRITEBYTECODE=1"],
                folder: bytes(folder), outputs: "\(folder)/log"))
    }

    private static var python: String {
        get throws {
            let name = "TALLY_TEST_SYNAPSE_PYTHON"
            guard let path = ProcessInfo.processInfo.environment[name] else {
                throw Overdue("\(name) names no Python with Synapse: run scripts/test, which makes one")
            }
            return path
        }
    }
}

// MARK: Shared

extension Synapse {
    /// One for all tests of a process, which ends with it: it takes seconds to start.
    package static func shared(_ limits: Limits) async throws -> Synapse {
        switch limits {
        case .standard: try await standardStart.value
        case .off: try await unlimitedStart.value
        }
    }

    private static let standardStart = Task { try await Synapse(.standard) }
    private static let unlimitedStart = Task { try await Synapse(.off) }
}

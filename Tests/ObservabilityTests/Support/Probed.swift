import Foundation
import Glibc
import ProcessTesting
import Testing

/// All of these tests, a few at a time.
@Suite(Room()) struct Observed {}

/// A process that tells how it does.
struct Probed {
    let process: TestProcess
    let port: UInt16

    func ask(_ path: String, host: String? = nil) async throws -> HTTPAnswer {
        let connection = try HTTPConnection(port: port)
        connection.send(
            "GET \(path) HTTP/1.1\r\nHost: \(host ?? "127.0.0.1:\(port)")\r\nConnection: close\r\n\r\n")
        try await eventually("\(path) of '\(process.name)' is answered") { connection.read().isAtEnd }
        return connection.answer
    }

    var metrics: Metrics {
        get async throws { try Metrics(try await ask("/metrics").body) }
    }

    /// Waits until it says that it is ready, or what it lacks, in such words.
    func becomes(_ status: Int, saying words: String = "") async throws {
        try await eventually("'\(process.name)' answers \(status), \(words)") {
            guard process.isRunning else { throw Overdue(process.errorText) }
            // Nothing listens for a moment when a gateway goes from waiting to serving.
            guard let answer = try? await ask("/readyz") else { return false }
            return answer.status == status && (words.isEmpty || answer.body.contains(words))
        }
    }
}

extension Home {
    /// - Parameter option: that names where it answers.
    func probed(
        _ arguments: String..., option: String = "--http", environment: [String] = [],
        under wrapper: [String] = []
    ) async throws -> Probed {
        let words = arguments + [option, "127.0.0.1:0"]
        let process = try start(
            raw: words.map { bytes($0) }, environment: environment, under: wrapper)
        let port = try await eventuallyValue("'\(arguments[0])' answers probes") { () -> UInt16? in
            guard process.isRunning else { throw Overdue(process.errorText) }
            return process.errorText.firstMatch(of: /listening on http:\/\/127\.0\.0\.1:(\d+)/).flatMap {
                UInt16($0.1)
            }
        }
        return Probed(process: process, port: port)
    }

    /// A gateway that posts into the only room of `homeserver`.
    func probedMatrix(_ homeserver: UInt16) async throws -> Probed {
        try await probed(
            "matrix", "--homeserver", "http://127.0.0.1:\(homeserver)", "--room", "!r:h", "--show-after",
            "0.001",
            "--messages-per-second", "50", "--burst", "50", environment: ["TALLY_MATRIX_TOKEN=secret-token"])
    }

    /// A homeserver of the tests' own.
    func homeserver(port: UInt16 = 0) async throws -> (process: TestProcess, port: UInt16) {
        let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "homeserver.py").path
        let process = try start(words: ["/usr/bin/python3", script, "\(port)"].map { bytes($0) })
        let port = try await eventuallyValue("the homeserver listens") {
            UInt16(process.outputText.trimmingCharacters(in: .newlines))
        }
        return (process, port)
    }

    /// Has a homeserver of the tests' own be as its script says.
    func become(_ mood: String, _ homeserver: UInt16) async throws {
        let connection = try HTTPConnection(port: homeserver)
        connection.send("PUT /_matrix/client/v3/mood/\(mood) HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
        try await eventually("the homeserver takes its mood") { connection.answer.status == 200 }
    }

    /// Runs a program of the machine's to its end.
    ///
    /// - Returns: all that it printed, if its end was a good one.
    func call(_ words: String..., input: String? = nil) async throws -> String {
        let process = try start(
            words: words.map { bytes($0) }, environment: ["PATH=/usr/bin:/bin:/usr/sbin:/sbin"],
            input: input.map { bytes($0) })
        let ending = try await process.end()
        let printed = process.outputText + process.errorText
        #expect(ending == .exited(0), "\(words): \(printed)")
        return printed
    }
}

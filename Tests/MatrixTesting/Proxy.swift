import Foundation
import ProcessTesting

/// Between a gateway and its homeserver: it counts, and can be told to be bad.
package struct Proxy: Sendable {
    package enum Mood: String, CaseIterable, Sendable {
        case good
        /// Status 500.
        case failing
        /// Says nothing.
        case hanging
        /// 10 MB that are no JSON.
        case rubbish
        /// Ends each connection without an answer.
        case closed
        /// Has done what was asked, and ends the connection without an answer.
        case forgetful
    }

    package struct Request: Sendable {
        package var mood: Mood
        /// 0: the homeserver wasn't asked, or had no time to answer.
        package var status: Int
        package var method: String
        package var path: String
    }

    package let url: String
    private let process: TestProcess
    private let moodFile: String

    package static func start(in home: Home, before homeserver: String) async throws -> Proxy {
        let moodFile = "\(home.path)/mood"
        try Files.write(bytes(Mood.good.rawValue), to: moodFile)
        let script = URL(filePath: #filePath).deletingLastPathComponent().path + "/proxy.py"
        let process = try home.start(
            words: ["/usr/bin/python3", script, homeserver, moodFile].map { bytes($0) })
        let url = try await eventuallyValue("the proxy listens") {
            guard process.isRunning else { throw Overdue(process.errorText) }
            return process.outputText.hasSuffix("\n") ? String(process.outputText.dropLast()) : nil
        }
        return Proxy(url: url, process: process, moodFile: moodFile)
    }

    package func become(_ mood: Mood) throws {
        try Files.write(bytes(mood.rawValue), to: moodFile)
    }

    /// All that were answered so far.
    package var requests: [Request] {
        process.errorText.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 5, let mood = Mood(rawValue: String(words[1])), let status = Int(words[2])
            else { return nil }
            return Request(mood: mood, status: status, method: String(words[3]), path: String(words[4]))
        }
    }
}

extension [Proxy.Request] {
    /// Messages, whatever became of them.
    package var sendings: [Proxy.Request] { filter { $0.method == "PUT" && $0.path.contains("/send/") } }
    /// Those that the homeserver was asked to slow down.
    package var limited: [Proxy.Request] { filter { $0.status == 429 } }
}

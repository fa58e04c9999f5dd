import Foundation
import MatrixAPI
import ProcessTesting
import Testing

/// Homeservers that are none, or ail: each is an error value, in time.
@Suite(Room()) struct FaultTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var fault: String
        var error: MatrixError?

        var testDescription: String { fault }
    }

    @Test(arguments: [
        Row(fault: "status500", error: .unusable("status 500")),
        Row(fault: "rubbish", error: .unusable("more than 2097152 bytes")),
        Row(fault: "endless", error: .unusable("more than 2097152 bytes")),
        Row(fault: "array", error: .unusable("status 200, and no JSON object")),
        Row(fault: "shape", error: .unusable("its 'versions' is missing, or no list")),
        Row(fault: "echo", error: .forbidden("you: Bearer …")),
        Row(
            fault: "redirect",
            error: .unusable("302, a redirection to /echo/_matrix/client/versions")),
        // What is said of the connection is the HTTP library's.
        Row(fault: "closed"), Row(fault: "half"), Row(fault: "nonsense"),
    ])
    func `a homeserver that ails`(row: Row) async throws {
        try await withFaultyServer { port, _ in
            let error = try await refusal(at: "http://127.0.0.1:\(port)/\(row.fault)")
            if let expected = row.error {
                #expect(error == expected)
            } else {
                guard case .unreachable = error else {
                    Issue.record("\(error)")
                    return
                }
            }
        }
    }

    @Test(arguments: ["hang", "drops"])
    func `an answer that doesn't end in time`(fault: String) async throws {
        try await withFaultyServer { port, _ in
            let client = try MatrixClient(
                homeserver: "http://127.0.0.1:\(port)/\(fault)", accessToken: "a-token")
            let start = ContinuousClock.now
            await #expect(throws: MatrixError.self) {
                try await client.ask(MatrixRequest(.get, ["versions"], timeout: .seconds(1)))
            }
            #expect(ContinuousClock.now - start < .seconds(10))
        }
    }

    @Test func `the token goes nowhere else`() async throws {
        try await withFaultyServer { port, asked in
            _ = try await refusal(at: "http://127.0.0.1:\(port)/redirect")
            #expect(asked() == ["asked /redirect/_matrix/client/versions Bearer a-token"])
        }
    }

    @Test func `nobody listens`() async throws {
        let start = ContinuousClock.now
        guard case .unreachable = try await refusal(at: "http://127.0.0.1:1") else {
            Issue.record("it was reached")
            return
        }
        #expect(ContinuousClock.now - start < .seconds(8), "it is told at once")
    }

    @Test func `who is cancelled doesn't wait`() async throws {
        try await withFaultyServer { port, asked in
            let client = try MatrixClient(
                homeserver: "http://127.0.0.1:\(port)/hang", accessToken: "a-token")
            let asking = Task { try await client.versions() }
            try await eventually("it asks") { !asked().isEmpty }
            asking.cancel()
            await #expect(throws: CancellationError.self) { try await asking.value }
        }
    }

    private func refusal(at homeserver: String) async throws -> MatrixError {
        let client = try MatrixClient(homeserver: homeserver, accessToken: "a-token")
        do {
            _ = try await client.versions()
            throw Overdue("it was an answer")
        } catch let error as MatrixError {
            return error
        }
    }
}

/// - Parameter body: is given a port, and what tells what was asked for there.
private func withFaultyServer(_ body: (Int, _ asked: () -> [String]) async throws -> Void) async throws {
    try await withHome { home in
        let script = URL(filePath: #filePath).deletingLastPathComponent().path + "/faulty.py"
        let server = try home.start(words: [bytes("/usr/bin/python3"), bytes(script)])
        let port = try await eventuallyValue("the server listens") {
            guard server.isRunning else { throw Overdue(server.errorText) }
            return server.outputText.hasSuffix("\n") ? Int(server.outputText.dropLast()) : nil
        }
        try await body(port) { server.errorText.split(separator: "\n").map(String.init) }
    }
}

import BatchClient
import BatchProgress
import BatchProtocol
import Foundation
import Testing

/// Asks a real coordinator all that docs/protocol.md asks, in its order.
@Suite struct ConversationProcessTests {
    private let examples: [Document.Block]

    init() throws {
        examples = try Document("docs/protocol.md").blocks
    }

    @Test func `every request is answered as the document says`() async throws {
        let requests = try examples.filter { $0.tag == "json control request" }.map(Request.init)
        try await Sandbox.with { sandbox in
            _ = try await sandbox.coordinator()
            let lines = try requests.map {
                try String(decoding: JSONEncoder().encode($0.frames), as: UTF8.self)
            }
            try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: sandbox.work + "/requests"))
            let answers = try await sandbox.run(
                Sandbox.python(), Repository.path("Tests/DocumentationTests/ask.py"),
                sandbox.address.description, "requests"
            ).split(separator: "\n", omittingEmptySubsequences: false)
            #expect(answers.count == requests.count + 1)
            for (request, answer) in zip(requests, answers) { try check(String(answer), to: request) }
        }
    }

    @Test func `what is not kept any more is forgotten, whatever is asked of it`() async throws {
        try await Sandbox.with { sandbox in
            let first = try await sandbox.coordinator()
            _ = try sandbox.start("tally", "worker", "--allow-commands", "--slots", "1")
            try await sandbox.run("tally", "submit", "--id", "gone", "--type", "command", "false", ":::", "1")
            let gone = try #require(BatchID("gone"))
            try await BatchConnection.open(to: sandbox.address) { client in
                try await eventually("it ends") { try await client.batch(gone).status().event.status.isEnd }
            }
            first.signal(SIGTERM)
            try await first.end()
            _ = try await sandbox.coordinator("--keep-failed", "1ms")
            try await BatchConnection.open(to: sandbox.address) { client in
                try await eventually("it is forgotten") {
                    do {
                        _ = try await client.batch(gone).status()
                        return false
                    } catch let error as BatchClientError {
                        return error.code == .forgotten
                    }
                }
                let failures = await #expect(throws: BatchClientError.self) {
                    try await client.batch(gone).failures()
                }
                #expect(failures?.code == .forgotten)
            }
        }
    }

    private func check(_ answer: String, to request: Request) throws {
        guard request.verb != "goodbye" else {
            #expect(answer == "")
            return
        }
        let head = try WireFormat.decode(Head.self, from: Array(answer.utf8))
        #expect(head.id == request.id)
        switch request.verb {
        case "status":
            // It comes first, when there is no batch yet.
            #expect(try JSONText(answer) == JSONText(example("json control refusal")))
        case "open", "add", "seal":
            #expect(try JSONText(answer) == JSONText(example("json control answer \(request.verb)")))
        case "pause", "resume", "retry":
            // The batch was cancelled just before.
            #expect(head.error?.code == .wrongState, "\(answer)")
        case "logs":
            #expect(head.error?.code == .unknownOperation, "\(answer)")
        default:
            #expect(head.error == nil, "\(request.verb): \(answer)")
            try checkFields(of: answer, asIn: example("json control answer \(request.answeredLike)"))
        }
    }

    /// What is always there is there.
    private func checkFields(of answer: String, asIn example: String) throws {
        struct Body: Decodable { var ok: [String: Anything] }
        let told = try WireFormat.decode(Body.self, from: Array(answer.utf8)).ok.keys
        let shown = try WireFormat.decode(Body.self, from: Array(example.utf8)).ok.keys
        #expect(Set(told).isSubset(of: shown), "\(answer)")
        // A single answer has no next page.
        #expect(Set(shown).subtracting(told).isSubset(of: ["next"]), "\(answer)")
    }

    private func example(_ tag: String) throws -> String {
        try #require(examples.first { $0.tag == tag }, "no example '\(tag)'").text
    }
}

private struct Request {
    var id: Int
    var verb: String
    var frames: [String]

    init(_ example: Document.Block) throws {
        let head = try WireFormat.decode(Head.self, from: Array(example.text.utf8))
        id = head.id
        verb = head.verb ?? ""
        // The data of which the document tells the digest.
        frames = [example.text] + (verb == "add" ? ["hello", "world", ""] : [])
    }

    /// The verb whose answer the document shows for this one as well.
    var answeredLike: String { verb == "attend" ? "cancel" : verb }
}

private struct Head: Decodable {
    var id: Int
    var verb: String?
    var error: WireError?
}

private struct Anything: Decodable {
    init(from decoder: any Decoder) {}
}

import BatchProgress
import BatchProtocol
import Foundation
import Testing

/// Takes every example out of docs/protocol.md, and those of other pages, and holds them against the code.
@Suite struct ProtocolExamplesTests {
    private static let examples = Document.all.flatMap(\.blocks).filter { $0.tag.hasPrefix("json ") }
    private static let ofProtocol = examples.filter { $0.path == "docs/protocol.md" }

    @Test func `there are examples`() {
        #expect(Self.ofProtocol.count > 40)
    }

    @Test(arguments: examples)
    func `an example decodes, and encodes to the same JSON`(example: Document.Block) throws {
        let message = try Message(example)
        #expect(try JSONText(message.encoded) == JSONText(example.text), "\(example)")
    }

    @Test func `every verb has an example`() throws {
        let requests = try verbs(tagged: "json control request")
        let worker = try verbs(tagged: "json worker message")
        let orders = try verbs(tagged: "json coordinator order")
        let decoding = "Sources/BatchProtocol/"
        #expect(try requests == verbs(decodedIn: decoding + "ControlRequest+Coding.swift"))
        #expect(try worker == verbs(decodedIn: decoding + "WorkerMessage.swift"))
        #expect(try orders == verbs(decodedIn: decoding + "WorkerOrder.swift"))
    }

    @Test func `every field of every message is in an example`() throws {
        var coverage = FieldCoverage()
        for example in Self.ofProtocol { coverage.note(try Message(example).value) }
        // `frames` beside the JSON are no fields of it.
        #expect(coverage.neverSet == [])
    }

    @Test func `an event and a beacon are made of these frames`() throws {
        let event = try #require(Self.ofProtocol.first { $0.tag == "json event" })
        let origin = try #require(Self.ofProtocol.first { $0.tag == "json event origin" })
        let beacon = try #require(Self.ofProtocol.first { $0.tag == "json beacon" })
        let parts = [event, origin, beacon].map { Array($0.text.utf8) }
        let published = try EventMessage(frames: [
            Array("batch-progress.thumbnails.".utf8), parts[0], parts[1],
        ])
        try expect(published.frames, are: "batch-progress.thumbnails.", [event, origin])
        try expect(
            EventMessage(frames: [Array("beacon".utf8), parts[2]]).frames, are: "beacon", [beacon])
    }

    @Test func `the digest is that of the text`() throws {
        var digest = OperationDigest()
        let text = try Document("docs/protocol.md").text
        #expect(text.contains("for none, `\(digest)`"))
        for (name, data) in [("a.txt", "hello"), ("b.txt", "world")] {
            digest.add(BatchOperation(type: "upper", data: Array(data.utf8), label: name))
        }
        digest.add(BatchOperation(type: "no-op"))
        #expect(text.contains("it is `\(digest)`"))
    }

    private func expect(_ frames: [[UInt8]], are topic: String, _ parts: [Document.Block]) throws {
        #expect(String(decoding: frames[0], as: UTF8.self) == topic)
        #expect(try frames.dropFirst().map(JSONText.init) == parts.map { try JSONText($0.text) })
    }

    private func verbs(tagged tag: String) throws -> Set<String> {
        struct Verb: Decodable { var verb: String }
        return Set(
            try Self.ofProtocol.filter { $0.tag == tag }.map {
                try WireFormat.decode(Verb.self, from: Array($0.text.utf8)).verb
            })
    }

    /// The names that the code decodes: `case "hello": …`.
    private func verbs(decodedIn path: String) throws -> Set<String> {
        let source = try Repository.read(path)
        let names = source.matches(of: #/case "([a-z-]+)":/#).map { String($0.output.1) }
        #expect(!names.isEmpty)
        return Set(names)
    }
}

/// An example, decoded with the type that its tag names.
private struct Message {
    var value: Any
    var encoded: [UInt8]

    init(_ example: Document.Block) throws {
        switch example.tag {
        case "json control request": try self.init(ControlRequest.self, example)
        case "json control refusal":
            try self.init(ControlAnswer<NoBody>.self, example)
            #expect((value as? ControlAnswer<NoBody>)?.error != nil, "\(example)")
        case "json control answer hello": try self.init(answer: HelloAnswer.self, example)
        case "json control answer open", "json control answer seal":
            try self.init(answer: OpenAnswer.self, example)
        case "json control answer add": try self.init(answer: AddAnswer.self, example)
        case "json control answer status": try self.init(answer: BatchDetail.self, example)
        case "json control answer list": try self.init(answer: ListAnswer.self, example)
        case "json control answer snapshot": try self.init(answer: SnapshotAnswer.self, example)
        case "json control answer operations": try self.init(answer: OperationsAnswer.self, example)
        case "json control answer workers": try self.init(answer: WorkersAnswer.self, example)
        case "json control answer failures": try self.init(answer: FailuresAnswer.self, example)
        case "json control answer logs": try self.init(answer: LogsAnswer.self, example)
        case "json control answer cancel": try self.init(answer: NoBody.self, example)
        case "json snapshot frame": try self.init([BatchProgressEvent].self, example)
        case "json event": try self.init(BatchProgressEvent.self, example)
        case "json event origin", "json beacon": try self.init(Origin.self, example)
        case "json worker message": try self.init(WorkerMessage.self, example)
        case "json coordinator order": try self.init(WorkerOrder.self, example)
        case "json report": try self.init(ReportMessage.self, example)
        case "json command data": try self.init(CommandOperation.self, example)
        case "json post data": try self.init(PostOperation.self, example)
        case "json open part": try self.init(EndAction.self, example)
        default: throw UnknownTag(description: "\(example): no test knows '\(example.tag)'")
        }
    }

    private init<Value: Codable>(_ type: Value.Type, _ example: Document.Block) throws {
        let decoded = try WireFormat.decode(type, from: Array(example.text.utf8))
        value = decoded
        encoded = WireFormat.encode(decoded)
    }

    private init<Body: Codable & Sendable>(answer: Body.Type, _ example: Document.Block) throws {
        try self.init(ControlAnswer<Body>.self, example)
        _ = try (value as? ControlAnswer<Body>)?.value()
    }
}

/// What `EventMessage` reads of an origin or a beacon; its own test sees to it that they are made of this.
private struct Origin: Codable {
    var v: Int
    var epoch: Int64
    var revision: Int64?
}

private struct UnknownTag: Error, CustomStringConvertible {
    var description: String
}

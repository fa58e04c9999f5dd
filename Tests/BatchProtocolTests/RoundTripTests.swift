import BatchProgress
import Testing

@testable import BatchProtocol

/// The JSON of every message as it travels: read and written again, it is the same.
@Suite struct RoundTripTests {
    @Test(arguments: [
        #"{"id":1,"v":1,"verb":"hello"}"#,
        #"{"attended":false,"batch":"a","id":2,"onLost":"retry","private":false,"retries":0,"v":1,"verb":"open"}"#,
        #"{"actor":"ann","attended":true,"batch":"a","id":2,"interface":"cli","label":"photos","lane":"mine","onEnd":{"data":{"a":[1,-2.5,true,null,"x",{}]},"type":"post"},"onLost":"fail","private":true,"retries":3,"v":1,"verb":"open"}"#,
        #"{"batch":"a","first":0,"id":3,"types":[["work",2],["mail",1]],"v":1,"verb":"add"}"#,
        #"{"batch":"a","digest":"cbf29ce484222325","first":7,"id":3,"labels":["x",null],"types":[["work",2]],"v":1,"verb":"add"}"#,
        #"{"batch":"a","id":4,"total":9,"v":1,"verb":"seal"}"#,
        #"{"batch":"a","digest":"cbf29ce484222325","id":4,"total":9,"v":1,"verb":"seal"}"#,
        #"{"batch":"a","id":5,"v":1,"verb":"status"}"#,
        #"{"id":6,"v":1,"verb":"list"}"#,
        #"{"ended":true,"id":6,"v":1,"verb":"list"}"#,
        #"{"id":7,"v":1,"verb":"snapshot"}"#,
        #"{"id":7,"since":12,"v":1,"verb":"snapshot"}"#,
        #"{"id":8,"v":1,"verb":"operations"}"#,
        #"{"batch":"a","id":8,"v":1,"verb":"operations"}"#,
        #"{"after":4,"batch":"a","id":9,"limit":10,"v":1,"verb":"failures"}"#,
        #"{"batch":"a","id":10,"operation":3,"v":1,"verb":"logs"}"#,
        #"{"id":11,"v":1,"verb":"workers"}"#,
        #"{"batch":"a","id":12,"v":1,"verb":"cancel"}"#,
        #"{"batch":"a","id":13,"v":1,"verb":"pause"}"#,
        #"{"batch":"a","id":14,"v":1,"verb":"resume"}"#,
        #"{"as":"b","batch":"a","id":15,"v":1,"verb":"retry"}"#,
        #"{"actor":"ann","as":"b","batch":"a","id":15,"interface":"mcp","lost":true,"v":1,"verb":"retry"}"#,
        #"{"batches":["a","b"],"id":16,"v":1,"verb":"attend"}"#,
        #"{"id":17,"v":1,"verb":"goodbye"}"#,
    ])
    func controlRequests(json: String) throws {
        let frames = [Array(json.utf8), [1, 2], []]
        let request = try ControlRequest(frames: frames)
        #expect(request.frames.map(text) == frames.map(text))
        #expect(ControlRequest.id(in: frames) == request.id)
    }

    /// What a client may leave out has these values.
    @Test func anOpenWithoutWishes() throws {
        let json = #"{"v":1,"verb":"open","id":1,"batch":"a"}"#
        guard case .open(let request) = try ControlRequest(frames: [Array(json.utf8)]).verb else {
            Issue.record("it is an open")
            return
        }
        let expected = BatchRequest(
            id: request.id, retries: 0, onLost: .retry, attended: false, isPrivate: false)
        #expect(request == expected)
    }

    @Test(arguments: [
        #"{"session":"s","v":1,"verb":"heartbeat"}"#,
        #"{"capacity":12,"session":"s","v":1,"verb":"heartbeat"}"#,
        #"{"batch":"a","operations":[1,2],"session":"s","v":1,"verb":"release"}"#,
        #"{"attempt":3,"batch":"a","operations":[1,2],"session":"s","v":1,"verb":"release"}"#,
        #"{"session":"s","v":1,"verb":"goodbye"}"#,
        #"{"capacity":4,"holds":[{"attempt":2,"batch":"a","operations":[5]}],"lane":"mine","session":"s","slots":2,"types":["work"],"v":1,"verb":"ready","worker":"w"}"#,
        #"{"capacity":4,"holds":[],"session":"s","slots":2,"types":["work","mail"],"v":1,"verb":"ready","worker":"w"}"#,
    ])
    func workerMessages(json: String) throws {
        #expect(try WorkerMessage(frames: [Array(json.utf8)]).frames.map(text) == [json])
    }

    static let orders: [(json: String, data: [[UInt8]])] = [
        (#"{"epoch":3,"grants":7,"lease":5.5,"v":1,"verb":"welcome"}"#, []),
        (#"{"epoch":3,"grants":7,"v":1,"verb":"heartbeat"}"#, []),
        (#"{"v":1,"verb":"unknown-session"}"#, []),
        (
            #"{"attempt":1,"batch":"a","operations":[4,5],"sequence":9,"type":"work","v":1,"verb":"grant"}"#,
            [[1], []]
        ),
        (#"{"batch":"a","operations":[4,5],"v":1,"verb":"stop"}"#, []),
        (#"{"attempt":2,"batch":"a","operations":[4,5],"v":1,"verb":"stop"}"#, []),
        (#"{"batch":"a","v":1,"verb":"recall"}"#, []),
        (#"{"reports":[1,2,3],"v":1,"verb":"acknowledge"}"#, []),
        (#"{"error":{"code":"malformed","message":"no"},"v":1,"verb":"error"}"#, []),
    ]

    @Test(arguments: orders)
    func workerOrders(json: String, data: [[UInt8]]) throws {
        #expect(
            try WorkerOrder(frames: [Array(json.utf8)] + data).frames.map(text) == [json] + data.map(text))
    }

    static let reports: [(json: String, outputs: [[UInt8]])] = [
        (#"{"attempt":1,"batch":"a","session":"s","v":1,"verb":"report"}"#, []),
        (#"{"attempt":1,"batch":"a","report":1,"session":"s","started":[1,2],"v":1,"verb":"report"}"#, []),
        (
            #"{"attempt":2,"batch":"a","completed":[1,2,3],"report":2,"session":"s","v":1,"verb":"report"}"#,
            []
        ),
        (
            #"{"attempt":1,"batch":"a","progress":[{"message":"half","operation":1,"progress":0.5}],"session":"s","v":1,"verb":"report"}"#,
            []
        ),
        (
            #"{"attempt":1,"batch":"a","ended":[{"exitCode":7,"message":"no","operation":1,"outcome":"failed","standardErrorBytes":2,"standardOutputBytes":100000},{"operation":2,"outcome":"cancelled"}],"report":3,"session":"s","v":1,"verb":"report"}"#,
            [[1, 2, 3], [4, 5]]
        ),
    ]

    @Test(arguments: reports)
    func reportMessages(json: String, outputs: [[UInt8]]) throws {
        let message = try ReportMessage(frames: [Array(json.utf8)] + outputs)
        #expect(message.frames.map(text) == [json] + outputs.map(text))
    }

    @Test func events() throws {
        let frames = [
            "batch-progress.a.",
            #"{"batchId":"a","cancelledOperations":0,"completedOperations":1,"failedOperations":0,"progress":0.5,"retriedOperations":0,"revision":4,"status":"processing","totalOperations":2,"updatedAt":"2026-11-22T10:17:26.345Z"}"#,
            #"{"epoch":9,"v":1}"#,
        ]
        #expect(try EventMessage(frames: frames.map { Array($0.utf8) }).frames.map(text) == frames)
        let beacon = ["beacon", #"{"epoch":9,"revision":4,"v":1}"#]
        #expect(try EventMessage(frames: beacon.map { Array($0.utf8) }).frames.map(text) == beacon)
    }

    /// So that a subscription to one batch brings no other.
    @Test(arguments: [("a", "ab"), ("a", "a-b"), ("a1", "a11")])
    func noTopicBeginsLikeAnother(one: String, other: String) throws {
        let topics = try [one, other].map { EventMessage.topic(of: try #require(BatchID($0))) }
        #expect(!topics[1].starts(with: topics[0]))
        #expect(topics.allSatisfy { $0.starts(with: EventMessage.allBatchesTopic) })
    }

    @Test(arguments: [
        #"{"id":1,"ok":{"completions":"c","dispatch":"d","epoch":3,"events":"e","program":"tally"},"v":1}"#
    ])
    func helloAnswer(json: String) throws { try answer(json, HelloAnswer.self) }

    @Test func otherAnswers() throws {
        try answer(#"{"id":1,"ok":{},"v":1}"#, NoBody.self)
        try answer(
            #"{"id":1,"ok":{"digest":"cbf29ce484222325","sealed":true,"total":3},"v":1}"#, OpenAnswer.self)
        try answer(#"{"id":1,"ok":{"total":3},"v":1}"#, AddAnswer.self)
        try answer(#"{"id":1,"ok":{"batches":[]},"v":1}"#, ListAnswer.self)
        try answer(#"{"id":1,"ok":{"epoch":3,"next":9,"revision":12},"v":1}"#, SnapshotAnswer.self)
        try answer(#"{"id":1,"ok":{"failures":[{"message":"no","operation":2}]},"v":1}"#, FailuresAnswer.self)
        try answer(
            #"{"id":1,"ok":{"attempt":2,"exitCode":1,"label":"x","message":"no","standardErrorBytes":2,"standardOutputBytes":1,"state":"failed","worker":"w"},"v":1}"#,
            LogsAnswer.self)
        try answer(
            #"{"id":1,"ok":{"operations":[{"attempt":1,"batchId":"a","operation":2,"progress":0.5,"startedAt":"2026-11-22T10:17:26.345Z","worker":"w"}]},"v":1}"#,
            OperationsAnswer.self)
        try answer(
            #"{"id":1,"ok":{"workers":[{"held":3,"lastHeardAt":"2026-11-22T10:17:26.345Z","name":"w","running":1,"session":"s","slots":2,"types":["work"]}]},"v":1}"#,
            WorkersAnswer.self)
        try answer(
            #"{"error":{"code":"conflict","expected":12,"message":"no"},"id":1,"v":1}"#, AddAnswer.self)
        try answer(#"{"error":{"code":"unknown-verb","message":"no"},"v":1}"#, NoBody.self)
    }

    private func answer<Body: Codable & Sendable>(_ json: String, _ body: Body.Type) throws {
        let answer = try WireFormat.decode(ControlAnswer<Body>.self, from: Array(json.utf8))
        #expect(text(WireFormat.encode(answer)) == json)
        if let error = answer.error { #expect(throws: error) { try answer.value() } }
    }

    @Test func anAnswerWithoutEitherIsAnError() throws {
        let answer = try WireFormat.decode(ControlAnswer<NoBody>.self, from: Array(#"{"v":1,"id":3}"#.utf8))
        #expect(throws: WireError(.malformed, "an answer holds 'ok' or 'error'")) { try answer.value() }
    }

    private func text(_ frame: [UInt8]) -> String { String(decoding: frame, as: UTF8.self) }
}

@Suite struct OutcomeTests {
    @Test func comeBackWithTheirOutputs() throws {
        let outcomes: [(operation: Int, outcome: OperationOutcome)] = [
            (
                1,
                OperationOutcome(
                    kind: .completed, standardOutput: OperationOutput(bytes: [1, 2], totalBytes: 2))
            ),
            (2, OperationOutcome(kind: .failed, exitCode: 3, message: "no")),
            (
                3,
                OperationOutcome(
                    kind: .failed, standardOutput: OperationOutput(bytes: [9], totalBytes: 100),
                    standardError: OperationOutput(bytes: [7, 8], totalBytes: 2))
            ),
        ]
        let id = try #require(BatchID("a"))
        let message = ReportMessage(session: "s", report: 1, batch: id, attempt: 1, ended: outcomes)
        let back = try ReportMessage(frames: message.frames)
        #expect(back.outcomes.map(\.operation) == [1, 2, 3])
        #expect(back.outcomes.map(\.outcome) == outcomes.map(\.outcome))
    }

    /// A frame of so many bytes, said to be of so many: kept, and in all.
    static let outputs: [(frame: Int, told: Int64, kept: Int, total: Int)] = [
        (0, 0, 0, 0), (10, 10, 10, 10), (10, 5, 10, 10), (10, -1, 10, 10), (10, 1000, 10, 1000),
        (65_536, 65_536, 65_536, 65_536), (65_537, 0, 65_536, 65_537), (200_000, .max, 65_536, 200_000),
    ]

    @Test(arguments: outputs)
    func tooMuchLosesItsMiddle(frame: Int, told: Int64, kept: Int, total: Int) throws {
        let json = """
            {"v":1,"verb":"report","session":"s","batch":"a","attempt":1,
            "ended":[{"operation":0,"outcome":"failed","standardErrorBytes":\(told)}]}
            """
        let bytes = (0..<frame).map { UInt8(truncatingIfNeeded: $0) }
        let message = try ReportMessage(frames: [Array(json.utf8), bytes])
        let output = try #require(message.outcomes[0].outcome.standardError)
        #expect(output.bytes.count == kept && output.totalBytes == Int64(total))
        #expect(output.bytes.first == bytes.first && output.bytes.last == bytes.last)
    }

    @Test func messagesAreCut() throws {
        let id = try #require(BatchID("a"))
        let long = String(repeating: "x", count: 1000)
        let message = ReportMessage(
            session: "s", report: 1, batch: id, attempt: 1,
            ended: [
                (0, OperationOutcome(kind: .failed, message: long)),
                (
                    1,
                    OperationOutcome(kind: .failed, message: "a" + String(repeating: "\u{301}", count: 1000))
                ),
            ])
        let kept = message.outcomes.compactMap(\.outcome.message)
        #expect(kept.map(\.unicodeScalars.count) == [200, 200])
    }
}

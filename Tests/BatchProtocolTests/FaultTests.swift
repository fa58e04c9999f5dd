import BatchProgress
import Testing

@testable import BatchProtocol

/// What is wrong with a message is said in words that name it.
@Suite struct FaultTests {
    private static let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)

    static let requests: [(frame: String, code: WireError.Code, message: String)] = [
        ("", .malformed, "not valid JSON"),
        ("hello", .malformed, "not valid JSON"),
        ("{", .malformed, "not valid JSON"),
        ("[]", .malformed, "'the message' has the wrong type"),
        ("null", .malformed, "'the message' must not be null"),
        ("{}", .malformed, "'v' is missing"),
        (#"{"v":"1"}"#, .malformed, "'v' has the wrong type"),
        (
            #"{"v":2,"verb":"hello","id":1}"#, .wrongVersion,
            "protocol version 2 is not spoken here; this is 1"
        ),
        (#"{"v":1}"#, .malformed, "'verb' is missing"),
        (#"{"v":1,"verb":"hello"}"#, .malformed, "'id' is missing"),
        (#"{"v":1,"verb":"hello","id":1.5}"#, .malformed, "not valid JSON, or a number in it doesn't fit"),
        (
            #"{"v":1,"verb":"hello","id":99999999999999999999}"#, .malformed,
            "not valid JSON, or a number in it doesn't fit"
        ),
        (#"{"v":1,"verb":"dance","id":1}"#, .unknownVerb, "there is no verb 'dance' on control"),
        (#"{"v":1,"verb":"status","id":1}"#, .malformed, "'batch' is missing"),
        (#"{"v":1,"verb":"status","id":1,"batch":7}"#, .malformed, "'batch' has the wrong type"),
        (#"{"v":1,"verb":"status","id":1,"batch":null}"#, .malformed, "'batch' must not be null"),
        (
            #"{"v":1,"verb":"status","id":1,"batch":"a.b"}"#, .malformed,
            "'batch': a batch id is 1 to 64 letters, digits, '_' or '-', not beginning with '-'"
        ),
        (#"{"v":1,"verb":"open","id":1,"batch":"a","onLost":"panic"}"#, .malformed, "'onLost': "),
        (
            #"{"v":1,"verb":"open","id":1,"batch":"a","retries":"2"}"#, .malformed,
            "'retries' has the wrong type"
        ),
        (
            #"{"v":1,"verb":"add","id":1,"batch":"a","first":0,"types":[["work","2"]]}"#, .malformed,
            "'types.0.1' has the wrong type"
        ),
        (
            #"{"v":1,"verb":"add","id":1,"batch":"a","first":0,"types":[["work",1]],"labels":[1]}"#,
            .malformed,
            "'labels.0' has the wrong type"
        ),
        (
            #"{"v":1,"verb":"open","id":1,"batch":"a","onEnd":{"type":"x","data":[]}}"#, .malformed,
            "'onEnd.data' has the wrong type"
        ),
        (
            "{\"v\":1,\"verb\":\"open\",\"id\":1,\"batch\":\"a\",\"onEnd\":{\"type\":\"x\",\"data\":{\"a\":\(deep)}}}",
            .malformed, "no JSON at byte "
        ),
        (#"{"v":1,"verb":"attend","id":1,"batches":["a","-"]}"#, .malformed, "'batches.1': a batch id is "),
        (
            "{\"v\":1,\"verb\":\"\(String(repeating: "x", count: 100))\",\"id\":1}", .unknownVerb,
            "there is no verb '\(String(repeating: "x", count: 40))' on control"
        ),
    ]

    @Test(arguments: requests)
    func ofRequests(frame: String, code: WireError.Code, message: String) throws {
        let error = #expect(throws: WireError.self) { try ControlRequest(frames: [Array(frame.utf8)]) }
        #expect(error?.code == code)
        #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
    }

    @Test func ofNoFrames() {
        #expect(throws: WireError(.malformed, "a request begins with a JSON frame")) {
            try ControlRequest(frames: [])
        }
        #expect(throws: WireError(.malformed, "a report begins with a JSON frame")) {
            try ReportMessage(frames: [])
        }
        #expect(throws: WireError(.malformed, "an order begins with a JSON frame")) {
            try WorkerOrder(frames: [])
        }
        #expect(throws: WireError(.malformed, "a message on dispatch is one JSON frame, not 0")) {
            try WorkerMessage(frames: [])
        }
        #expect(throws: WireError(.malformed, "not an event: 0 frames")) { try EventMessage(frames: []) }
    }

    static let messages: [(frames: [String], message: String)] = [
        ([#"{"v":1,"verb":"heartbeat"}"#], "'session' is missing"),
        ([#"{"v":1,"verb":"sing","session":"s"}"#], "there is no verb 'sing' on dispatch"),
        (
            [#"{"v":1,"verb":"heartbeat","session":"s"}"#, ""],
            "a message on dispatch is one JSON frame, not 2"
        ),
        ([#"{"v":1,"verb":"ready","session":"s"}"#], "'worker' is missing"),
        (
            [
                #"{"v":1,"verb":"ready","session":"s","worker":"w","types":[],"slots":1,"capacity":1,"holds":[{"batch":"a","attempt":1}]}"#
            ], "'holds.0.operations' is missing"
        ),
        ([#"{"v":7,"verb":"goodbye","session":"s"}"#], "protocol version 7 is not spoken here; this is 1"),
    ]

    @Test(arguments: messages)
    func ofWorkers(frames: [String], message: String) {
        let error = #expect(throws: WireError.self) {
            try WorkerMessage(frames: frames.map { Array($0.utf8) })
        }
        #expect(error?.message == message)
    }

    static let reports: [(frames: [String], message: String)] = [
        (
            [#"{"v":1,"verb":"tell","session":"s","batch":"a","attempt":1}"#],
            "there is no verb 'tell' on completions"
        ),
        ([#"{"v":1,"verb":"report","session":"s","batch":"a"}"#], "'attempt' is missing"),
        (
            [#"{"v":1,"verb":"report","session":"s","batch":"a","attempt":1}"#, "x"],
            "a report announced 0 outputs and came with 1"
        ),
        (
            [
                #"{"v":1,"verb":"report","session":"s","batch":"a","attempt":1,"ended":[{"operation":1,"outcome":"failed","standardErrorBytes":3,"standardOutputBytes":3}]}"#,
                "out",
            ], "a report announced 2 outputs and came with 1"
        ),
        (
            [
                #"{"v":1,"verb":"report","session":"s","batch":"a","attempt":1,"ended":[{"operation":1,"outcome":"exploded"}]}"#
            ],
            "'ended.0.outcome': "
        ),
    ]

    @Test(arguments: reports)
    func ofReports(frames: [String], message: String) {
        let error = #expect(throws: WireError.self) {
            try ReportMessage(frames: frames.map { Array($0.utf8) })
        }
        #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
    }

    static let orders: [(frames: [String], message: String)] = [
        ([#"{"v":1,"verb":"bow"}"#], "the coordinator said 'bow', unknown here"),
        (
            [
                #"{"v":1,"verb":"grant","batch":"a","type":"w","attempt":1,"sequence":1,"operations":[1,2]}"#,
                "x",
            ],
            "a grant of 2 came with 1 frames"
        ),
        ([#"{"v":1,"verb":"stop","batch":"a"}"#], "'operations' is missing"),
    ]

    @Test(arguments: orders)
    func ofOrders(frames: [String], message: String) {
        let error = #expect(throws: WireError.self) { try WorkerOrder(frames: frames.map { Array($0.utf8) }) }
        #expect(error?.message == message)
    }

    static let events: [(frames: [String], message: String)] = [
        (["beacon"], "not an event: 1 frames"),
        (["beacon", #"{"v":1,"epoch":1}"#], "'revision' is missing"),
        (
            ["beacon", #"{"v":3,"epoch":1,"revision":1}"#],
            "the coordinator speaks protocol version 3; this is 1"
        ),
        (
            ["batch-progress.a.", "{}", #"{"v":2,"epoch":1}"#],
            "the coordinator speaks protocol version 2; this is 1"
        ),
        (["batch-progress.a.", "{}", #"{"v":1,"epoch":1}"#], "'totalOperations' is missing"),
        (
            ["batch-progress.a.", #"{"totalOperations":-1}"#, #"{"v":1,"epoch":1}"#],
            "'totalOperations': -1 is not from 0 to 9007199254740992"
        ),
    ]

    @Test(arguments: events)
    func ofEvents(frames: [String], message: String) {
        let error = #expect(throws: WireError.self) {
            try EventMessage(frames: frames.map { Array($0.utf8) })
        }
        #expect(error?.message == message)
    }

    @Test(arguments: ["-0.1", "1.1", "1e300"])
    func ofOperationsThatRun(progress: String) {
        let json = """
            {"id":1,"ok":{"operations":[{"batchId":"a","operation":0,"worker":"w","attempt":1,"progress":\(progress),\
            "startedAt":"2026-11-22T10:17:26Z"}]},"v":1}
            """
        let error = #expect(throws: WireError.self) {
            try WireFormat.decode(ControlAnswer<OperationsAnswer>.self, from: Array(json.utf8))
        }
        #expect(error?.message.hasPrefix("'ok.operations.0.progress': ") == true, "\(error?.message ?? "")")
    }

    @Test(
        arguments: [
            (#"{"id":5,"v":9}"#, 5), (#"{"id":5}"#, 5), (#"{"id":"5"}"#, nil), ("{", nil), ("", nil),
            ("[5]", nil),
        ] as [(String, Int?)])
    func theIdOfWhatWasNotUnderstood(frame: String, id: Int?) {
        #expect(ControlRequest.id(in: [Array(frame.utf8)]) == id)
    }

    /// Nothing that is thrown at it ends the process.
    @Test func noise() {
        var generator = SystemRandomNumberGenerator()
        let good = Array(
            #"{"v":1,"verb":"add","id":3,"batch":"a","first":0,"types":[["work",2]],"labels":["x",null]}"#
                .utf8)
        for _ in 0..<2000 {
            var frame = good
            for _ in 0..<Int.random(in: 1...5, using: &generator) {
                frame[Int.random(in: 0..<frame.count, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            if Bool.random(using: &generator) {
                frame.removeLast(Int.random(in: 0..<frame.count, using: &generator))
            }
            _ = try? ControlRequest(frames: [frame])
            _ = try? WorkerMessage(frames: [frame])
            _ = try? WorkerOrder(frames: [frame])
            _ = try? ReportMessage(frames: [frame])
        }
    }
}

@Suite struct LimitTests {
    /// One such message held up all that the coordinator does, for minutes.
    @Test(.timeLimit(.minutes(1))) func whatIsDoneOnAnEndIsReadInTimeHoweverItIsNested() throws {
        let (opening, closing) = (String(repeating: "[", count: 100), String(repeating: "]", count: 100))
        let values = String(repeating: "0,", count: 500_000)
        let json =
            "{\"v\":1,\"verb\":\"open\",\"id\":1,\"batch\":\"a\",\"onEnd\":{\"type\":\"x\",\"data\":{\"a\":\(opening)\(values)0\(closing)}}}"
        guard case .open(let request) = try ControlRequest(frames: [Array(json.utf8)]).verb else {
            Issue.record("it is an open")
            return
        }
        #expect(request.onEnd?.data["a"]?.array?.count == 1)
    }

    @Test(arguments: [(WireLimits.headerBytes, true), (WireLimits.headerBytes + 1, false)])
    func headers(bytes: Int, isTaken: Bool) throws {
        let start = #"{"v":1,"verb":"hello","id":1,"x":""#
        let json = start + String(repeating: "x", count: bytes - start.utf8.count - 2) + "\"}"
        if isTaken {
            #expect(try ControlRequest(frames: [Array(json.utf8)]).id == 1)
        } else {
            let message = "the JSON frame has 1048577 bytes; at most 1048576"
            #expect(throws: WireError(.tooLarge, message)) { try ControlRequest(frames: [Array(json.utf8)]) }
        }
    }

    @Test(arguments: [(10_000, true), (10_001, false)])
    func operationsInAReport(count: Int, isTaken: Bool) throws {
        let id = try #require(BatchID("a"))
        let report = ReportMessage(
            session: "s", report: 1, batch: id, attempt: 1, started: Array(0..<5),
            completed: Array(5..<count))
        if isTaken {
            #expect(try ReportMessage(frames: report.frames).completed?.count == count - 5)
        } else {
            let message = "a report names at most 10000 operations, not 10001"
            #expect(throws: WireError(.tooLarge, message)) { try ReportMessage(frames: report.frames) }
        }
    }
}

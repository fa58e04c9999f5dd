import BatchEngine
import BatchProgress
import BatchProtocol
import Testing

@testable import Coordinator

@Suite struct ChunkTests {
    static let faults: [(json: String, frames: Int, message: String)] = [
        (#""first":0,"types":[]"#, 0, "a chunk holds 1 to 1000 operations, not 0"),
        (#""first":0,"types":[["w",1001]]"#, 1001, "a chunk holds 1 to 1000 operations, not 1001"),
        (#""first":0,"types":[["w",2]]"#, 1, "'types' doesn't count 1 operations, as many as came"),
        (#""first":0,"types":[["w",1]]"#, 2, "'types' doesn't count 2 operations, as many as came"),
        (#""first":0,"types":[["w",2],["w",0]]"#, 2, "'types' doesn't count 2 operations, as many as came"),
        (#""first":0,"types":[["w",-1],["w",3]]"#, 2, "'types' doesn't count 2 operations, as many as came"),
        (
            #""first":0,"types":[["w",9223372036854775807],["w",1]]"#, 2,
            "'types' doesn't count 2 operations, as many as came"
        ),
        (#""first":-1,"types":[["w",1]]"#, 1, "'first' is 0 to 2147483647, not -1"),
        (
            #""first":9223372036854775807,"types":[["w",1]]"#, 1,
            "'first' is 0 to 2147483647, not 9223372036854775807"
        ),
        (#""first":0,"types":[["w",1]],"labels":[]"#, 1, "'labels' holds 0, for 1 operations"),
        (
            #""first":0,"types":[["w w",1]]"#, 1,
            "'w w' is no type: 1 to 64 letters, digits, '_' or '-', not beginning with '-'"
        ),
        (
            "\"first\":7,\"types\":[[\"w\",2]],\"labels\":[null,\"\(String(repeating: "x", count: 1001))\"]",
            2,
            "operation 8 has a label of more than 1000 characters"
        ),
    ]

    @Test(arguments: faults)
    func areRefused(json: String, frames: Int, message: String) throws {
        let chunk = try header(json)
        let error = #expect(throws: WireError.self) {
            try chunk.operations(data: Array(repeating: [], count: frames))
        }
        #expect(error?.message == message)
    }

    @Test func dataIsLimited() throws {
        let one = try header(#""first":3,"types":[["w",2]]"#)
        let most = [UInt8](repeating: 0, count: WireLimits.dataBytes)
        #expect(try one.operations(data: [most, []]).map(\.data.count) == [WireLimits.dataBytes, 0])
        #expect(throws: WireError(.tooLarge, "operation 4 has 1048577 bytes of data; at most 1048576")) {
            try one.operations(data: [[], most + [0]])
        }
        let five = try header(#""first":3,"types":[["w",5]]"#)
        #expect(throws: WireError(.tooLarge, "a chunk holds at most 4194304 bytes of data")) {
            try five.operations(data: [most, most, most, most, [0]])
        }
    }

    @Test func becomeOperations() throws {
        let chunk = try header(#""first":0,"types":[["w",2],["m",1]],"labels":["a",null,"c"]"#)
        #expect(
            try chunk.operations(data: [[1], [2], [3]]) == [
                BatchOperation(type: "w", data: [1], label: "a"), BatchOperation(type: "w", data: [2]),
                BatchOperation(type: "m", data: [3], label: "c"),
            ])
    }

    private func header(_ json: String) throws -> ChunkHeader {
        let frame = Array("{\"v\":1,\"verb\":\"add\",\"id\":1,\"batch\":\"a\",\(json)}".utf8)
        guard case .add(let chunk) = try ControlRequest(frames: [frame]).verb else {
            throw WireError(.malformed, "not a chunk")
        }
        return chunk
    }
}

@Suite struct IntroductionTests {
    private let good = WorkerMessage.Ready(
        worker: "w", types: ["work", "mail", "work"], lane: "mine", slots: 2, capacity: 5, holds: [])

    @Test func isTaken() throws {
        let session = try SessionID(checking: "s")
        let expected = WorkerIntroduction(
            session: session, name: "w", types: ["mail", "work"], lane: "mine", slots: 2, capacity: 5)
        #expect(try WorkerIntroduction(good, session: session) == expected)
    }

    static let types = "'types' is 1 to 64 names, each \(BatchID.requirement)"
    static let faults: [(change: @Sendable (inout WorkerMessage.Ready) -> Void, message: String)] = [
        ({ $0.slots = 0 }, "'slots' is 1 to 10000, not 0"),
        ({ $0.slots = .max }, "'slots' is 1 to 10000, not 9223372036854775807"),
        ({ $0.capacity = -1 }, "'capacity' is 0 to 100000, not -1"),
        ({ $0.capacity = 100_001 }, "'capacity' is 0 to 100000, not 100001"),
        ({ $0.types = [] }, types),
        ({ $0.types = ["a b"] }, types),
        ({ $0.types = (0...64).map { "t\($0)" } }, types),
        ({ $0.lane = String(repeating: "x", count: 1001) }, "'lane' has more than 1000 characters"),
    ]

    @Test(arguments: faults.indices)
    func isRefused(row: Int) throws {
        var ready = good
        Self.faults[row].change(&ready)
        let session = try SessionID(checking: "s")
        let error = #expect(throws: WireError.self) { try WorkerIntroduction(ready, session: session) }
        #expect(error?.message == Self.faults[row].message)
    }

    @Test func aNameIsCut() throws {
        var ready = good
        ready.worker = "w" + String(repeating: "\u{301}", count: 1000)
        let introduction = try WorkerIntroduction(ready, session: try SessionID(checking: "s"))
        #expect(introduction.name.unicodeScalars.count == 200)
    }

    @Test(arguments: ["", "-", "a b", String(repeating: "x", count: 65)])
    func sessionsHaveNames(text: String) {
        #expect(throws: WireError(.malformed, "a session is \(BatchID.requirement)")) {
            try SessionID(checking: text)
        }
    }
}

@Suite struct RefusalTests {
    private static let a = { () -> BatchID in
        guard let id = BatchID("a") else { preconditionFailure("a valid id") }
        return id
    }()
    static let refusals: [(Refusal, WireError.Code, expected: Int?)] = [
        (.unknownBatch(a), .unknownBatch, nil),
        (.conflictingBatch(a, what: "label"), .conflict, nil),
        (.conflictingOperations(a, expected: 7), .conflict, 7),
        (.conflictingSeal(a, total: 7, digest: OperationDigest()), .conflict, nil),
        (.wrongDigest(a, expected: OperationDigest()), .conflict, nil),
        (.alreadySealed(a, total: 7), .wrongState, nil),
        (.alreadyEnded(a, .failed), .wrongState, nil),
        (.nothingToRetry(a), .wrongState, nil),
        (.reservedID(a), .malformed, nil),
        (.nothingLost(a), .wrongState, nil),
        (.notEnded(a), .wrongState, nil),
        (.emptyBatch(a), .wrongState, nil),
        (.tooManyTypes(a, limit: 3), .tooLarge, nil),
        (.tooManyOperations(a, limit: 3), .tooLarge, nil),
    ]

    @Test(arguments: refusals)
    func haveACodeAndNameTheBatch(refusal: Refusal, code: WireError.Code, expected: Int?) {
        let error = WireError(refusal)
        #expect(error.code == code && error.expected == expected)
        #expect(error.message.contains("'a'"))
    }
}

import BatchProgress
import FoundationEssentials
import Testing

@testable import HTTPGateway

@Suite struct SubmittedBatchTests {
    private func read(_ text: String) throws -> SubmittedBatch {
        let json = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        return try SubmittedBatch(json, allowing: ["upper", "command"])
    }

    @Test func `a batch is what it says`() throws {
        let batch = try read(
            #"""
            {"id": "b", "label": "three", "retries": 2, "operations": [
              {"type": "upper", "data": {"b": 1, "a": "x/y"}, "label": "first"}, {"type": "upper"},
              {"type": "upper", "data": null, "label": null}]}
            """#)
        #expect(batch.id?.description == "b" && batch.label == "three" && batch.retries == 2)
        #expect(
            batch.operations == [
                BatchOperation(type: "upper", data: Array(#"{"a":"x/y","b":1}"#.utf8), label: "first"),
                BatchOperation(type: "upper"), BatchOperation(type: "upper", data: Array("null".utf8)),
            ])
    }

    @Test func `all but the operations may be left out`() throws {
        let batch = try read(#"{"id": null, "operations": [{"type": "upper"}]}"#)
        #expect(batch.id == nil && batch.label == nil && batch.retries == 0 && batch.operations.count == 1)
    }

    @Test(arguments: [
        ("[]", "'body' is no object"),
        ("3", "'body' is no object"),
        ("{}", "'operations' is an array with at least one operation"),
        (#"{"operations": []}"#, "'operations' is an array"),
        (#"{"operations": {}}"#, "'operations' is an array"),
        (#"{"operations": [3]}"#, "'operations[0]' is no object"),
        (#"{"operations": [{"type": "upper"}, {}]}"#, "'operations[1].type' is 1 to 64"),
        (#"{"operations": [{"type": 3}]}"#, "'operations[0].type' is no text"),
        (#"{"operations": [{"type": "a b"}]}"#, "'operations[0].type' is 1 to 64"),
        (#"{"operations": [{"type": "upper", "label": 3}]}"#, "'operations[0].label' is no text"),
        (
            #"{"operations": [{"type": "upper", "x": 3}]}"#,
            "'operations[0].x' is no field; known: data, label, type"
        ),
        (#"{"operations": [{"type": "command"}]}"#, "'operations[0].data' is no command"),
        (
            #"{"operations": [{"type": "command", "data": {"shell": 3}}]}"#,
            "'operations[0].data' is no command"
        ),
        (#"{"operations": [{"type": "command", "data": {}}]}"#, "needs 'arguments' or 'shell'"),
        (
            #"{"operations": [{"type": "command", "data": {"shell": "x", "folder": "y"}}]}"#,
            "'operations[0].data.folder' has to begin with '/'"
        ),
        (#"{"id": "../x", "operations": [{"type": "upper"}]}"#, "'id' is 1 to 64"),
        (#"{"id": 3, "operations": [{"type": "upper"}]}"#, "'id' is no text"),
        (#"{"retries": 101, "operations": [{"type": "upper"}]}"#, "'retries' is a whole number, 0 to 100"),
        (#"{"retries": 1.5, "operations": [{"type": "upper"}]}"#, "'retries' is a whole number"),
        (#"{"retries": "1", "operations": [{"type": "upper"}]}"#, "'retries' is a whole number"),
        (#"{"onLost": "fail", "operations": [{"type": "upper"}]}"#, "'onLost' is no field"),
    ])
    func `what is wrong is told with its field`(text: String, message: String) throws {
        let fault = try #require(throws: SubmittedBatch.Fault.self) { try read(text) }
        #expect(fault.kind == .malformed && fault.description.contains(message), "\(fault)")
    }

    @Test func `a label has a limit`() throws {
        let label = String(repeating: "a", count: 1001)
        let fault = try #require(throws: SubmittedBatch.Fault.self) {
            try read(#"{"label": "\#(label)", "operations": [{"type": "upper"}]}"#)
        }
        #expect(fault.description == "'label' has more than 1000 characters")
    }

    @Test func `other types aren't taken`() throws {
        let fault = try #require(throws: SubmittedBatch.Fault.self) {
            try read(#"{"operations": [{"type": "upper"}, {"type": "no-op"}]}"#)
        }
        #expect(fault.kind == .typeNotAllowed)
        #expect(fault.description == "'operations[1].type' may not be 'no-op' here; allowed: command, upper")
    }
}

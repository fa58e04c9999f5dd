import BatchProgress
import Testing

@testable import CLIGateway

@Suite struct OperationLineTests {
    @Test(
        arguments: [
            (#"{"type": "no-op"}"#, "no-op", "", nil),
            (#"  {"type": "no-op", "label": "a"}  "#, "no-op", "", "a"),
            (#"{"type": "t", "data": {"b": 1, "a": "x/y"}, "label": null}"#, "t", #"{"a":"x/y","b":1}"#, nil),
            (#"{"type": "t", "data": null}"#, "t", "null", nil),
            (#"{"type": "t", "data": 1.5}"#, "t", "1.5", nil),
            (
                #"{"type": "command", "data": {"shell": "true", "folder": "/"}}"#, "command",
                #"{"folder":"/","shell":"true"}"#, nil
            ),
        ] as [(String, String, String, String?)])
    func aLineIsAnOperation(_ line: String, type: String, data: String, label: String?) throws {
        let operation = try OperationLine(Array(line.utf8)).operation
        #expect(operation == BatchOperation(type: type, data: Array(data.utf8), label: label))
    }

    @Test(arguments: [
        ("{", "no JSON"),
        (#"{"type": "no-op"} {}"#, "no JSON"),
        ("[1]", #"no object such as {"type""#),
        ("3", #"no object such as {"type""#),
        ("{}", "'type' is missing"),
        (#"{"type": 3}"#, "'type' is missing, or no text"),
        (#"{"type": "a b"}"#, "'type' is 1 to 64 letters"),
        (#"{"type": "t", "dta": 1}"#, "there is no 'dta'; an operation has 'type', 'data' and 'label'"),
        (#"{"type": "t", "label": 3}"#, "'label' is no text"),
        (#"{"type": "t", "label": ""# + String(repeating: "é", count: 1001) + #""}"#, "more than 1000"),
        (#"{"type": "t", "data": ""# + String(repeating: "x", count: 1 << 20) + #""}"#, "at most 1048576"),
        (#"{"type": "command"}"#, "'data' is no command"),
        (#"{"type": "command", "data": {"shel": "true"}}"#, "needs 'arguments' or 'shell'"),
        (#"{"type": "command", "data": {"shell": 3}}"#, "'shell' has the wrong type"),
        (#"{"type": "command", "data": {"shell": "true", "folder": "x"}}"#, "'folder' has to begin with '/'"),
        (#"{"type": "command", "data": {"shell": "true", "timeoutSeconds": 0}}"#, "'timeoutSeconds'"),
    ])
    func whatIsWrongWithALineIsNamed(_ line: String, says: String) {
        let error = #expect(throws: InputError.self) { try OperationLine(Array(line.utf8)) }
        #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    }
}

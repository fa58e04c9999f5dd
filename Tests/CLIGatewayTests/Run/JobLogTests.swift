import BatchProgress
import BatchProtocol
import FoundationEssentials
import Testing

@testable import CLIGateway

@Suite struct JobLogTests {
    /// The lines that GNU parallel 20221122 wrote for the same commands, and took so long for.
    static let lines: [(RelayHeader, String)] = [
        (
            RelayHeader(
                operation: 0, attempt: 1, outcome: .completed, startedAt: 1_795_355_684.271, seconds: 0.009,
                shell: ByteText("echo true; sh -c true"), standardOutputBytes: 5),
            "1\t:\t1795355684.271\t     0.009\t0\t5\t0\t0\techo true; sh -c true"
        ),
        (
            RelayHeader(
                operation: 2, attempt: 1, outcome: .failed, signal: 9, startedAt: 1_795_355_684.301,
                seconds: 0.009, shell: ByteText("echo 'kill -9 $$'; sh -c 'kill -9 $$'"),
                standardOutputBytes: 11),
            "3\t:\t1795355684.301\t     0.009\t0\t11\t0\t9\techo 'kill -9 $$'; sh -c 'kill -9 $$'"
        ),
        (
            RelayHeader(
                operation: 1, attempt: 1, outcome: .failed, exitCode: -1, signal: 15,
                startedAt: 1_795_355_684.718, seconds: 1.375, shell: ByteText("sleep 5; echo 5")),
            "2\t:\t1795355684.718\t     1.375\t0\t0\t-1\t15\tsleep 5; echo 5"
        ),
        (
            RelayHeader(
                operation: 0, attempt: 1, outcome: .completed, startedAt: 1_795_355_686.504, seconds: 0.001,
                shell: ByteText("echo 'a\nb'"), standardOutputBytes: 4),
            "1\t:\t1795355686.504\t     0.001\t0\t4\t0\t0\techo 'a\0b'"
        ),
    ]

    @Test(arguments: lines) func isWrittenAsParallelWritesIt(_ end: RelayHeader, _ line: String) {
        #expect(String(decoding: JobLog.line(for: end), as: UTF8.self) == line + "\n")
    }

    /// Each would end the process where it is written or reckoned with.
    @Test(arguments: [
        ("operation", "-1"), ("operation", "9223372036854775807"), ("attempt", "0"), ("startedAt", "-1"),
        ("startedAt", "1e300"), ("seconds", "-0.5"), ("seconds", "1e300"), ("standardOutputBytes", "-1"),
        ("standardErrorBytes", "9223372036854775807"),
    ])
    func aHeaderHasNoSuchNumber(field: String, value: String) throws {
        let header = RelayHeader(operation: 7, attempt: 7, outcome: .completed, startedAt: 7, seconds: 7)
        var fields = try JSONDecoder().decode([String: JSONValue].self, from: Data(WireFormat.encode(header)))
        fields[field] = try JSONDecoder().decode(JSONValue.self, from: Data(value.utf8))
        let error = #expect(throws: WireError.self) {
            try WireFormat.decode(RelayHeader.self, from: JSONValue.object(fields).bytes)
        }
        #expect(error?.message.hasPrefix("'\(field)': ") == true, "\(error?.message ?? "")")
    }

    /// Ours: of words there, GNU parallel's shell would make other words.
    @Test func wordsAreQuoted() {
        let end = RelayHeader(
            operation: 9, attempt: 1, outcome: .failed, exitCode: 127, startedAt: 1.0004, seconds: 123_456.7,
            arguments: [ByteText("no such"), ByteText("a'b"), ByteText([0xff])])
        #expect(
            JobLog.line(for: end)
                == Array("10\t:\t1.000\t123456.700\t0\t0\t127\t0\t'no such' 'a'\\''b' '".utf8)
                + [0xff] + Array("'\n".utf8))
    }
}

import BatchProgress
import Testing

@testable import BatchProtocol

@Suite struct CommandOperationTests {
    static let commands: [(json: String, fault: String?)] = [
        (#"{"arguments":["gzip","-k","a b"]}"#, nil),
        (#"{"shell":"ls | wc"}"#, nil),
        (#"{"arguments":[],"shell":"ls"}"#, nil),
        (
            #"{"arguments":["ls"],"environment":["A=b"],"folder":"/tmp","timeoutSeconds":0.5}"#, nil
        ),
        ("{}", "a command needs 'arguments' or 'shell'"),
        (#"{"arguments":[]}"#, "a command needs 'arguments' or 'shell'"),
        (#"{"folder":"/"}"#, "a command needs 'arguments' or 'shell'"),
        (#"{"arguments":["ls"],"shell":"ls"}"#, "a command has either 'arguments' or 'shell'"),
        (#"{"shell":"ls","timeoutSeconds":0}"#, "'timeoutSeconds' is more than 0"),
        (#"{"shell":"ls","timeoutSeconds":-1}"#, "'timeoutSeconds' is more than 0"),
        (#"{"shell":"ls","timeoutSeconds":1e300}"#, "'timeoutSeconds' is more than 0"),
    ]

    @Test(arguments: commands)
    func faults(json: String, fault: String?) throws {
        let command = try WireFormat.decode(CommandOperation.self, from: Array(json.utf8))
        #expect(
            command.fault?.hasPrefix(fault ?? "none") == (fault.map { _ in true }), "\(command.fault ?? "")")
        #expect(try WireFormat.decode(CommandOperation.self, from: WireFormat.encode(command)) == command)
    }
}

@Suite struct PostOperationTests {
    @Test(arguments: [
        ("http://127.0.0.1:80/a?b=c&d='e'$F", true), ("https://example.org", true),
        ("ftp://example.org", false),
        ("", false), ("example.org", false), ("http://a b", false), ("http://a\"", false),
        ("http://a\\", false),
        ("http://a\nurl=file:///etc/passwd", false), ("http://ä", false),
    ])
    func faults(url: String, isTaken: Bool) {
        guard let id = BatchID("a") else { preconditionFailure("a valid id") }
        let event = BatchProgressEvent(
            batchId: id, totalOperations: 1, status: .failed, revision: 1,
            updatedAt: Timestamp(microseconds: 0))
        let fault = PostOperation(url: url, event: event).fault
        #expect((fault == nil) == isTaken)
        #expect(fault?.contains("example.org") != true, "it may be a secret")
    }
}

@Suite struct ByteTextTests {
    static let texts: [(bytes: [UInt8], json: String)] = [
        ([], #"[""]"#),
        (Array("grüße 🐈".utf8), #"["grüße 🐈"]"#),
        (Array("a\n\"b\"\0".utf8), #"["a\n\"b\"\u0000"]"#),
        ([0xff], #"[{"base64":"/w=="}]"#),
        ([0x61, 0xc3], #"[{"base64":"YcM="}]"#),
        // An overlong slash, and half of a surrogate pair: not UTF-8.
        ([0xc0, 0xaf], #"[{"base64":"wK8="}]"#),
        ([0xed, 0xa0, 0x80], #"[{"base64":"7aCA"}]"#),
    ]

    @Test(arguments: texts)
    func isTextWhereItCanBe(bytes: [UInt8], json: String) throws {
        #expect(String(decoding: WireFormat.encode([ByteText(bytes)]), as: UTF8.self) == json)
        #expect(try WireFormat.decode([ByteText].self, from: Array(json.utf8)).map(\.bytes) == [bytes])
    }

    @Test(arguments: [#"[{"base64":"%"}]"#, "[1]", "[{}]", "[null]", "[[]]"])
    func nothingElseIs(json: String) {
        #expect(throws: WireError.self) { try WireFormat.decode([ByteText].self, from: Array(json.utf8)) }
    }

    @Test func everyByteComesBack() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 0...20, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            let frame = WireFormat.encode([ByteText(bytes)])
            #expect(try WireFormat.decode([ByteText].self, from: frame).map(\.bytes) == [bytes])
        }
    }
}

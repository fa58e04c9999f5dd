import BatchProgress
import Testing

@Suite struct OperationDigestTests {
    /// Computed by another program.
    @Test(arguments: [
        ([], "cbf29ce484222325"),
        ([BatchOperation(type: "work")], "412784cb015f7744"),
        ([BatchOperation(type: "work", data: [0, 0xff], label: "a")], "3789a815c4d41f9d"),
        (
            [
                BatchOperation(type: "work", data: Array("1".utf8), label: "a"),
                BatchOperation(type: "mail", data: Array("22".utf8), label: "grüße"),
            ], "3e6b685381c4c3c7"
        ),
    ])
    func isThis(operations: [BatchOperation], digest: String) {
        #expect(OperationDigest(of: operations).description == digest)
        #expect(OperationDigest(digest) == OperationDigest(of: operations))
    }

    @Test(
        arguments: [
            ([("a", "b", "c")], [("ab", "", "c")]),
            ([("a", "b", "c")], [("a", "bc", "")]),
            ([("a", "", "x")], [("a", "x", "")]),
            ([("a", "", "x"), ("a", "", "y")], [("a", "", "y"), ("a", "", "x")]),
            ([("a", "", "")], [("a", "", ""), ("a", "", "")]),
            ([("a", "", "\0")], [("a", "", "")]),
        ] as [([(String, String, String)], [(String, String, String)])])
    func tellsApart(one: [(String, String, String)], other: [(String, String, String)]) {
        func digest(_ parts: [(String, String, String)]) -> OperationDigest {
            OperationDigest(of: parts.map { BatchOperation(type: $0, data: Array($2.utf8), label: $1) })
        }
        #expect(digest(one) != digest(other))
    }

    @Test(arguments: [1, 2, 3, 7, 100])
    func doesNotDependOnChunks(size: Int) {
        let operations = (0..<100).map {
            BatchOperation(type: "t\($0 % 3)", data: [UInt8($0)], label: "\($0)")
        }
        var digest = OperationDigest()
        for first in stride(from: 0, to: 100, by: size) {
            // As over the wire: the digest so far travels as text.
            digest = OperationDigest(digest.description) ?? OperationDigest()
            for operation in operations[first..<min(first + size, 100)] { digest.add(operation) }
        }
        #expect(digest == OperationDigest(of: operations))
    }

    @Test(arguments: [
        "", "0", "cbf29ce48422232", "cbf29ce4842223255", "+bf29ce484222325", "-bf29ce484222325",
        "cbf29ce48422232g",
        "0xf29ce484222325", " bf29ce484222325", "-000000000000000",
    ])
    func isSixteenHexadecimalDigits(text: String) {
        #expect(OperationDigest(text) == nil)
    }

    @Test func keepsLeadingZeros() {
        #expect(OperationDigest(value: 0xff).description == "00000000000000ff")
        #expect(OperationDigest("00000000000000ff") == OperationDigest(value: 0xff))
    }
}

extension OperationDigest {
    fileprivate init(of operations: [BatchOperation]) {
        self.init()
        for operation in operations { add(operation) }
    }
}

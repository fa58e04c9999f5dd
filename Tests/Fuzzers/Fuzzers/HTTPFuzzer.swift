import BatchProgress

@testable import HTTPGateway

extension Fuzzer {
    /// A request: its host, origin, authorization and accept headers, and the body of a POST.
    static let http = Fuzzer(name: "http", isJSON: true) { bytes in
        let parts = Frames.messages(in: bytes).flatMap(\.self)
        let headers = parts.dropLast().map { String(decoding: $0, as: UTF8.self) }
        if let body = parts.last { submit(body) }
        guard headers.count == 4 else { return }
        var gate = RequestGate(allowedHosts: ["tally.example"])
        gate.token = AccessToken("0123456789abcdef")
        let subject = RequestGate.Subject(
            path: "/batches", host: headers[0], origin: headers[1], authorization: headers[2], port: 5580)
        if gate.refusal(of: subject) == nil {
            require(headers[2].hasSuffix("0123456789abcdef"), "let in by \(headers[2].debugDescription)")
            let host = HostName(headers[0])
            require(host?.isLoopback == true || host?.name == "tally.example", "let in by \(headers[0])")
        }
        _ = StreamForm(accept: headers[3])
    }

    private static func submit(_ body: [UInt8]) {
        guard let json = try? JSONValue(reading: body),
            let batch = try? SubmittedBatch(json, allowing: ["command", "thumbnail"])
        else { return }
        require(!batch.operations.isEmpty, "a batch of nothing")
        for operation in batch.operations {
            require(BatchID(operation.type) != nil, "a type \(operation.type.debugDescription)")
            guard !operation.data.isEmpty else { continue }
            let again = try? JSONValue(reading: operation.data)
            require(
                again?.bytes == operation.data,
                "data changes: \(String(decoding: operation.data, as: UTF8.self))")
        }
    }
}

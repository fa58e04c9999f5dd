import BatchProgress

extension ControlRequest {
    private enum CodingKeys: String, CodingKey {
        case id
    }

    package init(from decoder: any Decoder) throws {
        let envelope = try Envelope(from: decoder)
        id = try decoder.container(keyedBy: CodingKeys.self).decode(Int.self, forKey: .id)
        verb = try Verb(envelope.verb, from: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
        let (name, body) = verb.parts
        try Envelope(verb: name).encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try body?.encode(to: encoder)
    }

    package init(frames: [[UInt8]]) throws(WireError) {
        guard let header = frames.first else {
            throw WireError(.malformed, "a request begins with a JSON frame")
        }
        self = try WireFormat.decode(ControlRequest.self, from: header)
        data = Array(frames.dropFirst())
    }

    package var frames: [[UInt8]] { [WireFormat.encode(self)] + data }

    /// The id of a request that could not be understood as a whole, for its answer.
    package static func id(in frames: [[UInt8]]) -> Int? {
        struct OnlyID: Decodable { var id: Int }
        return frames.first.flatMap { try? WireFormat.decode(OnlyID.self, from: $0).id }
    }
}

extension ControlRequest.Verb {
    fileprivate init(_ name: String, from decoder: any Decoder) throws {
        switch name {
        case "hello": self = .hello
        case "open": self = .open(try BatchRequest(from: decoder))
        case "add": self = .add(try ChunkHeader(from: decoder))
        case "seal": self = .seal(try SealRequest(from: decoder))
        case "status": self = .status(try BatchReference(from: decoder))
        case "list": self = .list(try ListRequest(from: decoder))
        case "snapshot": self = .snapshot(try SnapshotRequest(from: decoder))
        case "operations": self = .operations(try OptionalBatchReference(from: decoder))
        case "failures": self = .failures(try FailuresRequest(from: decoder))
        case "logs": self = .logs(try OperationReference(from: decoder))
        case "workers": self = .workers
        case "cancel": self = .cancel(try SteeringRequest(from: decoder))
        case "pause": self = .pause(try SteeringRequest(from: decoder))
        case "resume": self = .resume(try SteeringRequest(from: decoder))
        case "retry": self = .retry(try RetryRequest(from: decoder))
        case "attend": self = .attend(try AttendRequest(from: decoder))
        case "goodbye": self = .goodbye
        default: throw WireError(.unknownVerb, "there is no verb '\(name.prefix(40))' on control")
        }
    }

    /// As it is called in a message.
    package var name: String { parts.name }

    fileprivate var parts: (name: String, body: (any Encodable)?) {
        switch self {
        case .hello: ("hello", nil)
        case .open(let body): ("open", body)
        case .add(let body): ("add", body)
        case .seal(let body): ("seal", body)
        case .status(let body): ("status", body)
        case .list(let body): ("list", body)
        case .snapshot(let body): ("snapshot", body)
        case .operations(let body): ("operations", body)
        case .failures(let body): ("failures", body)
        case .logs(let body): ("logs", body)
        case .workers: ("workers", nil)
        case .cancel(let body): ("cancel", body)
        case .pause(let body): ("pause", body)
        case .resume(let body): ("resume", body)
        case .retry(let body): ("retry", body)
        case .attend(let body): ("attend", body)
        case .goodbye: ("goodbye", nil)
        }
    }
}

/// What is to be done when a batch has ended, however it did: an operation, which workers run like any other.
public struct EndAction: Codable, Hashable, Sendable {
    /// The operation's type: 1 to 64 characters of the kind a `BatchID` has.
    public var type: String
    /// The operation's data, but for `event`, which is put in when the batch has ended.
    public var data: [String: JSONValue]

    /// The field of the data that holds the batch's last event.
    package static let eventField = "event"

    public init(type: String, data: [String: JSONValue]) {
        self.type = type
        self.data = data
    }

    /// A line for `/bin/sh` on a worker that takes commands. `TALLY_BATCH` in its environment is the batch that
    /// ended, `TALLY_EVENT` its last event as JSON.
    ///
    /// - Parameter folder: where it runs; by default where the worker was started.
    public static func command(_ line: String, in folder: String? = nil) -> EndAction {
        var data = ["shell": JSONValue.string(line)]
        if let folder { data["folder"] = .string(folder) }
        return EndAction(type: "command", data: data)
    }

    /// The batch's last event as JSON to this address, by HTTP's POST. An answer of the kind 2xx is success.
    public static func post(to url: String) -> EndAction {
        EndAction(type: "post", data: ["url": .string(url)])
    }

    /// The operation, once the batch has ended with this event.
    package func operation(after event: BatchProgressEvent) -> BatchOperation {
        var data = data
        data[Self.eventField] = JSONValue(encoding: event)
        return BatchOperation(type: type, data: JSONValue.object(data).bytes)
    }
}

extension EndAction {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard case .object(let data) = try container.decode(JSONValue.self, forKey: .data) else {
            throw DecodingError.typeMismatch(
                [String: JSONValue].self,
                .init(codingPath: container.codingPath + [CodingKeys.data], debugDescription: "no object"))
        }
        self.init(type: try container.decode(String.self, forKey: .type), data: data)
    }
}

extension BatchID {
    private static let onEndSuffix = "-on-end"

    /// The batch that carries out what is to be done when this one has ended: `-on-end` after its id. Of an id of more
    /// than 56 characters, its first 40, `-`, and a digest of all of it: that has 64, and no shorter id's has so many.
    package var onEnd: BatchID {
        var text = description
        if text.utf8.count > 56 {
            var digest = OperationDigest()
            digest.add(BatchOperation(type: text))
            text = text.prefix(40) + "-\(digest)"
        }
        guard let id = BatchID(text + Self.onEndSuffix) else {
            preconditionFailure("an id with a suffix that fits is one")
        }
        return id
    }

    /// Whether this is such a batch. Nobody else may give a batch such an id.
    package var isOnEnd: Bool { description.hasSuffix(Self.onEndSuffix) }
}

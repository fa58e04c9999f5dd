/// An operation that runs now.
public struct ActiveOperation: Codable, Hashable, Sendable {
    public var batchId: BatchID
    /// Its number in the batch, from 0.
    public var operation: Int
    public var label: String?
    public var worker: String
    /// From 1.
    public var attempt: Int
    public var startedAt: Timestamp
    /// 0…1, as it reported it itself; 0 if it never did.
    public var progress: Double
    public var message: String?

    public init(
        batchId: BatchID, operation: Int, label: String? = nil, worker: String, attempt: Int,
        startedAt: Timestamp, progress: Double = 0, message: String? = nil
    ) {
        self.batchId = batchId
        self.operation = operation
        self.label = label
        self.worker = worker
        self.attempt = attempt
        self.startedAt = startedAt
        self.progress = progress
        self.message = message
    }
}

extension ActiveOperation {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            batchId: try container.decode(BatchID.self, forKey: .batchId),
            operation: try container.decode(Int.self, forKey: .operation),
            label: try container.decodeIfPresent(String.self, forKey: .label),
            worker: try container.decode(String.self, forKey: .worker),
            attempt: try container.decode(Int.self, forKey: .attempt),
            startedAt: try container.decode(Timestamp.self, forKey: .startedAt),
            progress: try container.decode(.progress, in: 0...1),
            message: try container.decodeIfPresent(String.self, forKey: .message))
    }
}

/// The whole state of a batch at one moment: what every interface shows.
///
/// As JSON these names are fixed. The first seven are the plan's; the rest are additions that a reader
/// may ignore. Each event is the whole state, so a lost one is mended by the next.
public struct BatchProgressEvent: Codable, Hashable, Sendable {
    public var batchId: BatchID
    public var totalOperations: Int
    public var completedOperations: Int
    public var failedOperations: Int
    /// The label, or the number, of one operation that runs now.
    public var currentOperation: String?
    public var status: BatchStatus
    /// The last few failures, the newest last.
    public var errors: [BatchFailure]?

    /// One counter over all batches; never goes back, and within an epoch each event has the next one.
    public var revision: Int64
    public var label: String?
    public var cancelledOperations: Int
    /// How many operations were handed out more than once.
    public var retriedOperations: Int
    /// 0…1; what runs now counts by its own share. Never falls while the total stands.
    public var progress: Double
    public var operationsPerSecond: Double?
    /// Absent while it can't be known, while paused, and while operations may still be added.
    public var estimatedSecondsRemaining: Double?
    public var startedAt: Timestamp?
    public var updatedAt: Timestamp
    /// True from the request to cancel until what runs has ended.
    public var cancelling: Bool?

    public init(
        batchId: BatchID, totalOperations: Int, completedOperations: Int = 0, failedOperations: Int = 0,
        currentOperation: String? = nil, status: BatchStatus, errors: [BatchFailure]? = nil, revision: Int64,
        label: String? = nil, cancelledOperations: Int = 0, retriedOperations: Int = 0, progress: Double = 0,
        operationsPerSecond: Double? = nil, estimatedSecondsRemaining: Double? = nil,
        startedAt: Timestamp? = nil, updatedAt: Timestamp, cancelling: Bool? = nil
    ) {
        self.batchId = batchId
        self.totalOperations = totalOperations
        self.completedOperations = completedOperations
        self.failedOperations = failedOperations
        self.currentOperation = currentOperation
        self.status = status
        self.errors = errors
        self.revision = revision
        self.label = label
        self.cancelledOperations = cancelledOperations
        self.retriedOperations = retriedOperations
        self.progress = progress
        self.operationsPerSecond = operationsPerSecond
        self.estimatedSecondsRemaining = estimatedSecondsRemaining
        self.startedAt = startedAt
        self.updatedAt = updatedAt
        self.cancelling = cancelling
    }

    /// Completed, failed and cancelled: the counts are disjoint.
    public var finishedOperations: Int {
        completedOperations + failedOperations + cancelledOperations
    }

    /// Finished over total, 0…1. Failures count, so a batch that ended is at 1.
    public var finishedFraction: Double {
        totalOperations == 0 ? 0 : Double(finishedOperations) / Double(totalOperations)
    }
}

extension BatchProgressEvent {
    /// No count is higher: a JSON number is exact up to here for every reader.
    static let highestCount = 1 << 53

    /// Throws a `DecodingError` for counts that can't be those of a batch, so that nobody has to expect them.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        totalOperations = try container.decode(.totalOperations, in: 0...Self.highestCount)
        let counts = 0...totalOperations
        completedOperations = try container.decode(.completedOperations, in: counts)
        failedOperations = try container.decode(.failedOperations, in: counts)
        cancelledOperations = try container.decode(.cancelledOperations, in: counts)
        retriedOperations = try container.decode(.retriedOperations, in: counts)
        revision = try container.decode(.revision, in: 0...Int64(Self.highestCount))
        progress = try container.decode(.progress, in: 0...1)
        batchId = try container.decode(BatchID.self, forKey: .batchId)
        currentOperation = try container.decodeIfPresent(String.self, forKey: .currentOperation)
        status = try container.decode(BatchStatus.self, forKey: .status)
        errors = try container.decodeIfPresent([BatchFailure].self, forKey: .errors)
        label = try container.decodeIfPresent(String.self, forKey: .label)
        operationsPerSecond = try container.decodeIfPresent(.operationsPerSecond, in: 0...(.infinity))
        estimatedSecondsRemaining = try container.decodeIfPresent(
            .estimatedSecondsRemaining, in: 0...(.infinity))
        startedAt = try container.decodeIfPresent(Timestamp.self, forKey: .startedAt)
        updatedAt = try container.decode(Timestamp.self, forKey: .updatedAt)
        cancelling = try container.decodeIfPresent(Bool.self, forKey: .cancelling)
        guard finishedOperations <= totalOperations else {
            throw DecodingError.dataCorruptedError(
                forKey: .totalOperations, in: container,
                debugDescription: "\(finishedOperations) finished of \(totalOperations)")
        }
    }
}

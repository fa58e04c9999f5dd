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

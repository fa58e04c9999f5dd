/// A batch's newest event, and what doesn't change or can be told only now.
public struct BatchDetail: Codable, Sendable {
    public var event: BatchProgressEvent
    public var actor: String?
    public var interface: String?
    /// Only workers of this lane are given its operations; nil is the fleet's.
    public var lane: String?
    public var retryOf: BatchID?
    /// How many of those that failed did so because their worker was lost; nil if none.
    public var lostOperations: Int?
    /// The batch that comes when this one has ended, and does what was asked for then.
    public var onEnd: BatchID?
    public var createdAt: Timestamp
    public var endedAt: Timestamp?
    public var sealed: Bool
    /// Types of which operations wait though no worker takes them.
    public var typesWithoutWorker: [String]?
    /// The lowest number of an operation that has not ended; nil when all have that were added so far.
    public var firstOpenOperation: Int?

    public init(
        event: BatchProgressEvent, actor: String?, interface: String?, lane: String?, retryOf: BatchID?,
        lostOperations: Int?, onEnd: BatchID?, createdAt: Timestamp,
        endedAt: Timestamp?, sealed: Bool, typesWithoutWorker: [String]?
    ) {
        self.event = event
        self.actor = actor
        self.interface = interface
        self.lane = lane
        self.retryOf = retryOf
        self.lostOperations = lostOperations
        self.onEnd = onEnd
        self.createdAt = createdAt
        self.endedAt = endedAt
        self.sealed = sealed
        self.typesWithoutWorker = typesWithoutWorker
    }
}

/// A worker that the coordinator hears from.
public struct ActiveWorker: Codable, Hashable, Sendable {
    public var name: String
    /// One run of the worker: random, new with each start.
    public var session: String
    public var types: [String]
    /// The batch it works for alone; nil: for the fleet.
    public var lane: String?
    /// How many operations it runs at once.
    public var slots: Int
    public var running: Int
    /// Running, and granted in advance.
    public var held: Int
    public var lastHeardAt: Timestamp

    public init(
        name: String, session: String, types: [String], lane: String? = nil, slots: Int, running: Int,
        held: Int, lastHeardAt: Timestamp
    ) {
        self.name = name
        self.session = session
        self.types = types
        self.lane = lane
        self.slots = slots
        self.running = running
        self.held = held
        self.lastHeardAt = lastHeardAt
    }
}

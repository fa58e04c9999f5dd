/// When a batch's events may leave: leading and trailing edge, at most one an interval.
///
/// The first change after a quiet interval leaves at once, later ones are gathered until the interval is
/// over, and the last one is never lost: it leaves when its interval ends. What must not wait (an
/// acceptance, a first failure, an end) leaves at once, and begins a new interval.
public struct EventLimiter: Sendable {
    public enum Action: Hashable, Sendable {
        case publishNow
        /// Nothing now: call `due(at:)` at this moment.
        case publish(at: Timestamp)
    }

    private let interval: Duration
    private var lastPublished: Timestamp?
    private var pending: Timestamp?

    public init(interval: Duration) {
        self.interval = interval
    }

    /// When a gathered change is to leave; nil when nothing waits.
    public var deadline: Timestamp? { pending }

    /// The state changed.
    public mutating func changed(at now: Timestamp, urgent: Bool = false) -> Action {
        guard !urgent, let lastPublished, now < lastPublished + interval else {
            published(at: now)
            return .publishNow
        }
        let deadline = lastPublished + interval
        pending = deadline
        return .publish(at: deadline)
    }

    /// Time went on: whether a gathered change leaves now.
    public mutating func due(at now: Timestamp) -> Bool {
        guard let pending, pending <= now else { return false }
        published(at: now)
        return true
    }

    private mutating func published(at now: Timestamp) {
        lastPublished = now
        pending = nil
    }
}

import BatchProgress

/// When a client is told that a batch has changed: at most once a second for each, never later than that, and of
/// its end at once.
struct ResourceNotes: Sendable {
    static let interval: Duration = .seconds(1)

    private var limiters: [BatchID: EventLimiter]

    init(of batches: some Sequence<BatchID>) {
        limiters = Dictionary(batches.map { ($0, EventLimiter(interval: Self.interval)) }) { $1 }
    }

    var isEmpty: Bool { limiters.isEmpty }

    mutating func add(_ id: BatchID) {
        limiters[id] = limiters[id] ?? EventLimiter(interval: Self.interval)
    }

    mutating func remove(_ id: BatchID) {
        limiters[id] = nil
    }

    /// - Returns: whether to tell now.
    mutating func changed(_ event: BatchProgressEvent, at now: Timestamp) -> Bool {
        guard let action = limiters[event.batchId]?.changed(at: now, urgent: event.status.isEnd) else {
            return false
        }
        return action == .publishNow
    }

    /// What is to be told by now.
    mutating func due(at now: Timestamp) -> [BatchID] {
        limiters.keys.sorted().filter { limiters[$0]?.due(at: now) == true }
    }
}

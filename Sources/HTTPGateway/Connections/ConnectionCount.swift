import Synchronization

/// How many connections there are.
final class ConnectionCount: Sendable {
    private let limit: Int
    private let count = Atomic(0)
    private let metrics: HTTPMetrics

    init(limit: Int, metrics: HTTPMetrics) {
        self.limit = limit
        self.metrics = metrics
    }

    /// Counts one more; false if there are too many with it. Counted or not, `leave` is called when it has gone.
    func enter() -> Bool {
        metrics.opened()
        return count.add(1, ordering: .relaxed).newValue <= limit
    }

    func leave() {
        metrics.closed()
        count.subtract(1, ordering: .relaxed)
    }
}

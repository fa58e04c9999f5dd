import Synchronization

/// How many connections there are.
final class ConnectionCount: Sendable {
    private let limit: Int
    private let count = Atomic(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// Counts one more; false if there are too many with it. Counted or not, `leave` is called when it has gone.
    func enter() -> Bool { count.add(1, ordering: .relaxed).newValue <= limit }

    func leave() { count.subtract(1, ordering: .relaxed) }
}

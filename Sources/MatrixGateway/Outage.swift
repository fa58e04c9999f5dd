import Logging
import MatrixAPI
import MatrixRoom

/// A homeserver that is away is told of once, and once when it is back.
struct Outage {
    private var backoff = Backoff()
    private(set) var isAway = false

    /// - Returns: how long to wait; nil where waiting is of no use.
    mutating func begin(_ error: MatrixError, _ log: Logger) -> Duration? {
        guard let wait = error.wait(&backoff) else { return nil }
        if case .limited = error { return wait }
        if !isAway { log.warning("\(error); going on when it is back") }
        isAway = true
        return wait
    }

    /// - Returns: whether it was away.
    @discardableResult
    mutating func end(_ log: Logger) -> Bool {
        backoff.reset()
        guard isAway else { return false }
        log.notice("the homeserver answers again")
        isAway = false
        return true
    }
}

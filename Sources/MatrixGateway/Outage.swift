import Logging
import MatrixAPI
import MatrixRoom

/// A homeserver that is away is told of once, and once when it is back.
struct Outage {
    private var backoff = Backoff()
    private var isAway = false

    /// - Returns: how long to wait; nil where waiting is of no use.
    mutating func begin(_ error: MatrixError, _ log: Logger) -> Duration? {
        guard let wait = error.wait(&backoff) else { return nil }
        if case .limited = error { return wait }
        if !isAway { log.warning("\(error); going on when it is back") }
        isAway = true
        return wait
    }

    mutating func end(_ log: Logger) {
        backoff.reset()
        if isAway { log.notice("the homeserver answers again") }
        isAway = false
    }
}

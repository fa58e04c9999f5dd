import Synchronization

/// Whether a worker hears its coordinator, for whoever looks after the worker's process.
package final class CoordinatorLink: Sendable {
    enum State: Hashable, Sendable {
        /// Not heard yet, or not for a while.
        case away
        case connected
        /// It is there, and doesn't take us, for this reason.
        case refusing(String)
    }

    private let state = Mutex(State.away)

    var current: State { state.withLock { $0 } }

    func set(_ new: State) { state.withLock { $0 = new } }

    /// What is wrong, in words that a person reads; nil if nothing is.
    package var lack: String? {
        switch current {
        case .away: "no coordinator is heard"
        case .connected: nil
        case .refusing(let reason): reason
        }
    }
}

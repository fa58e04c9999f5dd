import BatchProgress
import MCPProtocol
import Synchronization

/// Tells one call's client how far it is, no more often than it should be told.
final class ProgressTeller: Sendable {
    private struct State {
        var notes: ProgressNotes
        var latest: (progress: Double, total: Double?, message: String)?
    }

    private let state: Mutex<State>
    private let tell: @Sendable (OutgoingMessage) -> Void
    private let clock = ProcessClock()

    init(token: JSONValue, _ tell: @escaping @Sendable (OutgoingMessage) -> Void) {
        state = Mutex(State(notes: ProgressNotes(token: token)))
        self.tell = tell
    }

    func update(progress: Double, total: Double?, message: String) {
        state.withLock { state in
            state.latest = (progress, total, message)
            note(&state)
        }
    }

    /// Tells what could not be told yet, and after a silence that somebody is there; until the task is cancelled.
    func keepTelling() async {
        while (try? await Task.sleep(for: ProgressNotes.interval)) != nil { state.withLock { note(&$0) } }
    }

    /// Under the lock: so they leave in their order.
    private func note(_ state: inout State) {
        guard let latest = state.latest else { return }
        let message = state.notes.note(
            progress: latest.progress, total: latest.total, message: latest.message, at: clock.now)
        if let message { tell(message) }
    }
}

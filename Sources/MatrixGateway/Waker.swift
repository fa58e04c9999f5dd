import Synchronization

/// Lets one task sleep until something happens.
final class Waker: Sendable {
    private struct State {
        var isAwake = false
        var sleeper: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func wake() {
        let sleeper = state.withLock { state in
            state.isAwake = state.sleeper == nil
            defer { state.sleeper = nil }
            return state.sleeper
        }
        sleeper?.resume()
    }

    /// Until it is woken, or was since the last sleep, or the moment comes, or the task is cancelled.
    func sleep(until moment: ContinuousClock.Instant?) async {
        let timer = moment.map { moment in
            Task {
                try await Task.sleep(until: moment)
                wake()
            }
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isAwake = state.withLock { state in
                    defer { state.isAwake = false }
                    if state.isAwake || Task.isCancelled { return true }
                    precondition(state.sleeper == nil, "one sleeper at a time")
                    state.sleeper = continuation
                    return false
                }
                if isAwake { continuation.resume() }
            }
        } onCancel: {
            wake()
        }
        timer?.cancel()
    }
}

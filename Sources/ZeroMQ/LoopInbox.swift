import Synchronization

/// What other threads ask a loop to do.
enum LoopItem {
    case actorJob(UnownedJob, UnownedSerialExecutor)
    case taskJob(UnownedJob, UnownedTaskExecutor)
    case work(@Sendable () -> Void)
}

/// Where any thread leaves work for a loop, and where the loop says that it is about to sleep.
///
/// Both under one lock: work comes either before the loop has looked for the last time, or after it has
/// said `sleeping`, and then whoever brings it wakes the loop.
final class LoopInbox: Sendable {
    enum Phase { case serving, stopping, ended }

    /// What the one who put something in has to do next.
    enum AfterPut { case nothing, wake, startThread }

    private struct State {
        var items: [LoopItem] = []
        var isSleeping = false
        var phase = Phase.serving

        mutating func wakeUp() -> AfterPut {
            guard isSleeping else { return .nothing }
            isSleeping = false
            return .wake
        }
    }

    private let state = Mutex(State())

    func put(_ item: LoopItem) -> AfterPut {
        state.withLock { state in
            state.items.append(item)
            if state.phase == .ended {
                state.phase = .stopping
                return .startThread
            }
            return state.wakeUp()
        }
    }

    func stop() -> AfterPut {
        state.withLock { state in
            guard state.phase == .serving else { return .nothing }
            state.phase = .stopping
            return state.wakeUp()
        }
    }

    /// Hands all there is over by exchange for `empty`, so that two arrays serve for ever.
    func take(into empty: inout [LoopItem]) -> Phase {
        state.withLock { state in
            swap(&state.items, &empty)
            state.isSleeping = false
            return state.phase
        }
    }

    /// False: there is something to do first.
    func fallAsleep() -> Bool {
        state.withLock { state in
            guard state.items.isEmpty, state.phase == .serving else { return false }
            state.isSleeping = true
            return true
        }
    }

    /// False: there is something to do first.
    func end() -> Bool {
        state.withLock { state in
            guard state.items.isEmpty else { return false }
            state.phase = .ended
            return true
        }
    }
}

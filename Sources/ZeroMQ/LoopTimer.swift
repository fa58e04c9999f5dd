/// A one-shot timer of a `SocketLoop`, made by `makeTimer`. Used on the loop's thread only.
public final class LoopTimer {
    enum State {
        case idle
        /// In the heap, at this place.
        case set(slot: Int)
        /// Its time has come in this round, its turn has not.
        case due
    }

    private let loop: SocketLoop
    let fire: () -> Void
    var state = State.idle
    var deadline = ContinuousClock.now
    /// Which of two timers of the same instant was set first.
    var order = 0

    init(loop: SocketLoop, fire: @escaping () -> Void) {
        self.loop = loop
        self.fire = fire
    }

    /// Fires once at `deadline` or up to a millisecond later; at once if that has passed. Replaces what was
    /// set before. Until then the loop keeps the timer alive. A stopped loop's timers never fire.
    public func set(at deadline: ContinuousClock.Instant) {
        cancel()
        self.deadline = deadline
        loop.confined.arm(self)
    }

    /// After this it doesn't fire, unless set again.
    public func cancel() {
        loop.confined.disarm(self)
    }
}

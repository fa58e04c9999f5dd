import Glibc

/// The clock of a process's shells: the wall clock, read once, and monotonic time since.
public struct ProcessClock: Sendable {
    private let origin: Timestamp
    private let started: ContinuousClock.Instant

    public init() {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        origin = Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
        started = ContinuousClock.now
    }

    public var now: Timestamp { origin + (ContinuousClock.now - started) }

    /// When the moment comes, for timers.
    public func instant(of moment: Timestamp) -> ContinuousClock.Instant {
        started + (moment - origin)
    }
}

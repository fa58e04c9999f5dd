import BatchProgress

/// How long to wait before the homeserver is tried again: twice as long each time, and never as long as others wait.
package struct Backoff: Sendable {
    private static let first: Duration = .seconds(1)
    private static let longest: Duration = .seconds(30)
    private var failures = 0

    package init() {}

    /// After one more failure: half to the whole of 1 s, 2 s, 4 s … 30 s.
    package mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let whole = min(Self.longest, Self.first * (1 << min(failures, 10)))
        failures += 1
        return whole * Double.random(in: 0.5...1, using: &generator)
    }

    package mutating func reset() { failures = 0 }
}

import BatchProgress

/// How many messages an account may still send now: it fills at the homeserver's rate, and each message takes one.
///
/// The homeserver counts by its own clock, so the last token of the burst is never used: it makes up for messages that
/// arrive closer to each other than they left. A refusal all the same halves the rate, since then somebody else sends
/// with this account or the limit is lower than was said; from there the rate goes up again little by little.
package struct TokenBucket: Hashable, Codable, Sendable {
    package private(set) var tokens: Double
    private let perSecond: Double
    private let capacity: Double
    /// By which the rate is held back, at most 1.
    private var pace: Double = 1
    private var filledAt: Timestamp
    private var blockedUntil: Timestamp?

    private static let slowest = 1.0 / 64
    private static let recovery = 1.05
    /// Where a refusal doesn't say for how long it holds, or says something no server means.
    private static let usualRefusal: Duration = .seconds(5)
    private static let longestRefusal: Duration = .seconds(3600)

    /// - Parameters:
    ///   - perSecond: above 0.
    ///   - burst: from 1.
    package init(perSecond: Double, burst: Int, at now: Timestamp) {
        precondition(perSecond > 0 && burst >= 1, "a limit lets something through")
        self.perSecond = perSecond
        capacity = Double(max(1, burst - 1))
        tokens = capacity
        filledAt = now
    }

    /// As it was left by an earlier run, under limits that may have changed since.
    package mutating func resume(_ earlier: TokenBucket, at now: Timestamp) {
        // A clock that was set back must not fill it.
        let since = max(earlier.filledAt, now + .seconds(-3600))
        tokens = min(capacity, earlier.tokens)
        filledAt = min(since, now)
        pace = earlier.pace
        blockedUntil = earlier.blockedUntil.map { min($0, now + Self.longestRefusal) }
        fill(at: now)
    }

    package mutating func take(at now: Timestamp) {
        fill(at: now)
        tokens = max(0, tokens - 1)
    }

    /// The homeserver didn't count a message that was taken for.
    package mutating func refuse(for retryAfter: Duration?, at now: Timestamp) {
        let wait = min(max(.zero, retryAfter ?? Self.usualRefusal), Self.longestRefusal)
        fill(at: now)
        tokens = 0
        blockedUntil = now + wait
        pace = max(Self.slowest, pace / 2)
    }

    package mutating func succeed() {
        pace = min(1, pace * Self.recovery)
    }

    /// When a message may leave that is to leave this many tokens behind; now or later.
    package func ready(leaving reserve: Int, at now: Timestamp) -> Timestamp {
        var filled = self
        filled.fill(at: now)
        let missing = min(Double(1 + reserve), capacity) - filled.tokens
        // A microsecond more, so that rounding doesn't wake anybody in vain.
        let ready = missing > 0 ? now + .seconds(missing / (perSecond * pace)) + .microseconds(1) : now
        return max(ready, blockedUntil ?? ready)
    }

    private mutating func fill(at now: Timestamp) {
        // While it is blocked nothing flows: the homeserver's bucket is empty at the end of that time.
        let from = max(filledAt, blockedUntil ?? filledAt)
        if now > from { tokens = min(capacity, tokens + (now - from).inSeconds * perSecond * pace) }
        filledAt = max(filledAt, now)
        if let end = blockedUntil, end <= now { blockedUntil = nil }
    }
}

import BatchProgress

/// How many messages a second each peer may send: above all, one that has gone astray and asks without a pause
/// doesn't take the place of others.
struct RequestBudget: Sendable {
    /// What is left of a peer's burst, and when that was so.
    private struct Allowance {
        var messages: Double
        var at: Timestamp
    }

    private let perSecond: Double
    private let burst: Double
    private var spenders: [[UInt8]: Allowance] = [:]

    /// - Parameters:
    ///   - perSecond: at least 1, in the long run.
    ///   - burst: at once, after a pause.
    init(perSecond: Int, burst: Int) {
        precondition(perSecond >= 1 && burst >= perSecond, "a burst is at least a second's share")
        self.perSecond = Double(perSecond)
        self.burst = Double(burst)
    }

    /// Whether this peer may send one more now.
    mutating func spend(_ peer: [UInt8], at now: Timestamp) -> Bool {
        let left = allowance(of: peer, at: now)
        guard left >= 1 else { return false }
        spenders[peer] = Allowance(messages: left - 1, at: now)
        return true
    }

    /// Forgets those who have their whole burst again.
    mutating func forgetTheRested(at now: Timestamp) {
        spenders = spenders.filter { allowance(of: $0.key, at: now) < burst }
    }

    var peers: Int { spenders.count }

    private func allowance(of peer: [UInt8], at now: Timestamp) -> Double {
        guard let known = spenders[peer] else { return burst }
        return min(burst, known.messages + max(0, (now - known.at) / .seconds(1)) * perSecond)
    }
}

import BatchProgress

/// How long operations take, and so how many are wanted in advance.
struct OperationPace: Sendable {
    private let ahead: Duration
    private let maximum: Int
    /// Seconds, an exponentially weighted mean; nil until the first operation ended.
    private var meanDuration: Double?

    init(ahead: Duration, maximum: Int) {
        self.ahead = ahead
        self.maximum = maximum
    }

    mutating func record(_ duration: Duration) {
        let seconds = max(duration.inSeconds, 0)
        meanDuration = meanDuration.map { $0 * 0.8 + seconds * 0.2 } ?? seconds
    }

    /// Some run for so long already: whatever ended before was shorter than what is here now.
    mutating func lengthen(to duration: Duration) {
        meanDuration = max(meanDuration ?? 0, duration.inSeconds)
    }

    /// How many operations to hold, running ones included: nothing in advance until it is known how long
    /// they take.
    func capacity(slots: Int) -> Int {
        guard let meanDuration else { return slots }
        let inAdvance = Double(slots) * ahead.inSeconds / max(meanDuration, 1e-6)
        return slots + Int(min(inAdvance, Double(maximum)))
    }
}

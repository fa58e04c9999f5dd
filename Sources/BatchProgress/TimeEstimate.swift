/// How fast a batch moves and how long the rest will take, from counts that it is told.
///
/// The rate is that of a sliding window: the last third of the batch's life, but at least what the last thousand
/// ends took, of that from 2 to 20 seconds. So it follows a change of pace, soon where operations are short, and
/// yet isn't thrown about by a single slow operation.
public struct TimeEstimate: Sendable {
    private struct Sample {
        var at: Timestamp
        var finished: Int
    }

    /// Samples kept. Beyond it every second one is dropped, so memory stays bounded over a week's batch.
    private static let capacity = 64

    /// The ends that make a pace, in a window of this many seconds; over a longer one, fewer do.
    private static let tellingEnds = 1000
    private static let shortestMemory = Duration.seconds(2)
    private static let longestMemory = Duration.seconds(20)

    private var samples: [Sample] = []
    private var spacing: Duration = .milliseconds(250)

    public init() {}

    /// The counts begin to move, or move again after a pause: what was before says nothing of the pace now.
    public mutating func restart(at now: Timestamp, finished: Int) {
        samples = [Sample(at: now, finished: finished)]
        spacing = .milliseconds(250)
    }

    /// `finished` operations had ended by `now`. Ignored until `restart`.
    public mutating func record(finished: Int, at now: Timestamp) {
        guard let last = samples.last else { return }
        if samples.count > 1, now - samples[samples.count - 2].at < spacing {
            samples[samples.count - 1] = Sample(at: now, finished: finished)
        } else if now > last.at {
            samples.append(Sample(at: now, finished: finished))
            thinOut()
        }
    }

    /// Operations a second over the window up to `now`; nil while fewer than two have ended, or in the
    /// first half second.
    public func operationsPerSecond(at now: Timestamp) -> Double? {
        guard let first = samples.first, let last = samples.last, last.finished - first.finished >= 2,
            now - first.at >= .milliseconds(500)
        else { return nil }
        let third = (now - first.at) / 3
        let start =
            samples.last { sample in
                let age = now - sample.at
                let isTelling =
                    last.finished - sample.finished >= Self.tellingEnds || age >= Self.longestMemory
                return age >= third && age >= Self.shortestMemory && isTelling
            } ?? first
        let ended = last.finished - start.finished
        return ended > 0 ? Double(ended) / (now - start.at).inSeconds : nil
    }

    private mutating func thinOut() {
        guard samples.count > Self.capacity else { return }
        let newest = samples.count - 1
        samples = samples.indices.filter { $0 % 2 == 0 || $0 == newest }.map { samples[$0] }
        spacing = spacing * 2
    }
}

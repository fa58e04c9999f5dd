import BatchEngine
import BatchProgress
import HeapModule

/// Time, chance and what is to come: everything in a simulation happens through `at`, one thing after
/// another, decided by the seed alone.
final class World {
    private(set) var now = Timestamp(microseconds: 1_700_000_000_000_000)
    var random: SplitMix64
    /// Faults happen until this moment; after it nothing is lost, killed or late.
    let faultsEnd: Timestamp
    var occurrences = Occurrences()
    /// All batches have ended, and no new one is to begin.
    var isClosing = false
    private var queue = Heap<Happening>()
    private var count = 0

    init(seed: UInt64, faultsFor duration: Duration) {
        random = SplitMix64(state: seed)
        faultsEnd = now + duration
    }

    var isFaulty: Bool { now < faultsEnd }

    func after(_ delay: Duration, _ body: @escaping () -> Void) {
        count += 1
        queue.insert(Happening(at: (now + delay).microseconds, order: count, body: body))
    }

    /// The next thing happens; false: nothing is to come any more.
    func step() -> Bool {
        guard let next = queue.popMin() else { return false }
        now = max(now, Timestamp(microseconds: next.at))
        next.body()
        return true
    }

    /// Everybody in it is held by what is to come, which they hold through it.
    func end() { queue = Heap() }

    func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &random) < probability
    }

    func duration(_ range: ClosedRange<Int>) -> Duration {
        .microseconds(Int.random(in: range, using: &random))
    }

    /// A message on its way: it may be lost, doubled, late, and so out of order.
    func deliver(_ what: String, _ body: @escaping () -> Void) {
        guard isFaulty else { return after(duration(100...400), body) }
        if chance(0.03) { return occurrences.note("\(what) lost") }
        if chance(0.02) {
            occurrences.note("\(what) doubled")
            after(duration(100...2_000_000), body)
        }
        if chance(0.03) {
            occurrences.note("\(what) late")
            after(duration(100_000...3_000_000), body)
        } else {
            after(duration(100...5000), body)
        }
    }
}

/// What is to come, and when; of one moment's, the one that was decided first is first.
private struct Happening: Comparable {
    var at: Int64
    var order: Int
    var body: () -> Void

    static func < (left: Happening, right: Happening) -> Bool {
        left.at == right.at ? left.order < right.order : left.at < right.at
    }

    static func == (left: Happening, right: Happening) -> Bool { left.order == right.order }
}

/// How often what happened.
struct Occurrences {
    private(set) var counts: [String: Int] = [:]

    mutating func note(_ what: String, _ count: Int = 1) {
        counts[what, default: 0] += count
    }

    mutating func add(_ other: Occurrences) {
        counts.merge(other.counts, uniquingKeysWith: +)
    }
}

import BatchProgress

/// A batch that has not ended, as the engine holds it.
///
/// Of each operation it knows, in a bit, whether it waits; only those that were handed out have more. One
/// that neither waits nor is open has ended, so nothing is kept of it.
struct ActiveBatch: Sendable {
    /// Beyond this many operations of a type that failed or were lost and wait for another attempt, no fresh ones are
    /// handed out: memory stays bounded even if everything fails.
    static let waitingHistoriesLimit = 10_000

    var record: BatchRecord
    /// The types its operations have; their place is the type's index in this batch.
    var types: [String] = []
    /// What waits to be handed out, by type.
    var waiting: [NumberSet] = []
    var open: [Int: OpenOperation] = [:]
    /// By type, how many of `open` are held by nobody.
    var withdrawn: [Int] = []
    /// Indices of types that stand in the engine's queues.
    var queuedTypes: Set<Int> = []
    var limiter: EventLimiter
    var estimate = TimeEstimate()
    var lastEvent: BatchProgressEvent
    var lastTouched: Timestamp
    var progressMark = ProgressMark()

    init(record: BatchRecord, eventInterval: Duration, now: Timestamp) {
        self.record = record
        limiter = EventLimiter(interval: eventInterval)
        lastEvent = record.event
        lastTouched = now
    }

    var isGrantable: Bool { !record.paused && !record.cancelling }
    var waitingCount: Int { waiting.reduce(0) { $0 + $1.count } }
    var heldCount: Int { withdrawn.reduce(open.count, -) }

    /// Makes the types known; false, and nothing done, if there would be more than the limit.
    mutating func learn(types names: [String], limit: Int) -> Bool {
        let new = Set(names).subtracting(types).sorted()
        guard types.count + new.count <= limit else { return false }
        types += new
        waiting += new.map { _ in NumberSet() }
        withdrawn += new.map { _ in 0 }
        return true
    }

    /// Up to `limit` numbers of a type to hand out next, all with the same number of attempts behind them, and
    /// all with the same prospect if they fail.
    mutating func take(type: Int, limit: Int) -> (operations: [Int], attempt: Int, retriesFailures: Bool) {
        var taken: [Int] = []
        var attempt = 1
        var isRetried = false
        while taken.count < limit, let number = waiting[type].lowest() {
            let next = (open[number]?.attempt ?? 0) + 1
            let nextIsRetried = retriesFailure(of: number)
            if taken.isEmpty { (attempt, isRetried) = (next, nextIsRetried) }
            guard next == attempt, nextIsRetried == isRetried,
                next > 1 || withdrawn[type] < Self.waitingHistoriesLimit
            else { break }
            waiting[type].remove(number)
            taken.append(number)
        }
        return (taken, attempt, isRetried)
    }

    /// Whether the operation is tried again if it fails now.
    func retriesFailure(of number: Int) -> Bool {
        record.request.retries > 0 && (open[number]?.history.failures ?? 0) < record.request.retries
    }

    /// The lowest number of an operation that has not ended; nil when all have.
    var firstOpen: Int? {
        var waiting = waiting
        return (waiting.indices.map { waiting[$0].lowest() } + [open.keys.min()]).compactMap(\.self).min()
    }

    /// Operations numbered from the present total on are added to those that wait. The type is known.
    mutating func append(count: Int, type: String) {
        guard let index = types.firstIndex(of: type) else { preconditionFailure("types are learnt first") }
        waiting[index].insert(contentsOf: record.total..<(record.total + count))
        record.total += count
    }
}

/// The highest progress told so far, and of what total: progress never falls while the total stands.
struct ProgressMark: Sendable {
    private var total = 0
    private var highest = 0.0

    mutating func raise(to progress: Double, total: Int) -> Double {
        highest = total == self.total ? max(highest, progress) : progress
        self.total = total
        return highest
    }
}

import BatchEngine
import BatchProgress
import BatchStore
import CoreMetrics

/// What the coordinator counts.
///
/// Of batches and their operations it counts what has become durable, from the changes of each commit: so the numbers
/// agree with what is told of the batches, and a commit that fails leaves no trace in them. What was counted before
/// the process began isn't counted again.
struct CoordinatorMetrics {
    /// How far a batch that has not ended is counted.
    private struct Counted {
        var total = 0
        var completed = 0
        var failed = 0
        var cancelled = 0
        var lost = 0
        var retried = 0

        init() {}

        init(_ record: BatchRecord) {
            total = record.total
            completed = record.completed
            failed = record.failed
            cancelled = record.cancelled
            lost = record.lost
            retried = record.retried
        }
    }

    private var counted: [BatchID: Counted] = [:]

    private let added = Counter(label: "tally_operations_added_total")
    private let completed = Self.ended("completed")
    private let failed = Self.ended("failed")
    private let cancelled = Self.ended("cancelled")
    private let retried = Counter(label: "tally_operations_retried_total")
    private let lost = Counter(label: "tally_operations_lost_total")
    private let accepted = Counter(label: "tally_batches_accepted_total")
    private let batches = Self.byStatus(BatchStatus.allCases.filter(\.isEnd)) {
        Counter(label: "tally_batches_ended_total", dimensions: [("status", $0)])
    }
    private let published = Counter(label: "tally_events_published_total")
    private let coalesced = Counter(label: "tally_events_coalesced_total")
    private let rejected = Self.bySocket { Counter(label: "tally_messages_rejected_total", dimensions: $0) }
    private let keysRefused = Self.bySocket { Counter(label: "tally_keys_refused_total", dimensions: $0) }
    private let commits = Timer(label: "tally_commit_seconds")
    private let commitsRefused = Counter(label: "tally_commits_refused_total")
    private let turns = Timer(label: "tally_turn_seconds")

    private let waiting = Gauge(label: "tally_operations_waiting")
    private let granted = Gauge(label: "tally_operations_granted")
    private let active = Self.byStatus(BatchStatus.allCases.filter { !$0.isEnd }) {
        Gauge(label: "tally_batches_active", dimensions: [("status", $0)])
    }
    private let workers = Gauge(label: "tally_workers")
    private let slots = Gauge(label: "tally_worker_slots")
    private let clients = Gauge(label: "tally_clients")
    private let storeBytes = Gauge(label: "tally_store_bytes")

    /// - Parameter engine: as it begins: what it knows already isn't counted.
    init(beginningWith engine: BatchEngine) {
        for event in engine.activeEvents {
            counted[event.batchId] = engine.record(of: event.batchId).map(Counted.init)
        }
    }

    // MARK: As it happens

    func tookTurn(of duration: Duration) { turns.recordMicroseconds(duration.microseconds) }
    func sentEvent() { published.increment() }
    func rejectedMessage(on socket: String) { rejected[socket]?.increment() }
    func refusedKey(on socket: String) { keysRefused[socket]?.increment() }
    func refusedCommit() { commitsRefused.increment() }

    mutating func committed(_ turns: PendingTurns, in duration: Duration) {
        commits.recordMicroseconds(duration.microseconds)
        coalesced.increment(by: turns.untoldChanges)
        for change in turns.changes {
            if case .batch(let record) = change { count(record) }
        }
    }

    private mutating func count(_ record: BatchRecord) {
        let id = record.request.id
        if counted[id] == nil { accepted.increment() }
        let before = counted[id] ?? Counted()
        let now = Counted(record)
        added.increment(by: now.total - before.total)
        completed.increment(by: now.completed - before.completed)
        failed.increment(by: now.failed - before.failed)
        cancelled.increment(by: now.cancelled - before.cancelled)
        lost.increment(by: now.lost - before.lost)
        retried.increment(by: now.retried - before.retried)
        counted[id] = record.isEnded ? nil : now
        if record.isEnded { batches[record.status]?.increment() }
    }

    // MARK: When somebody looks

    func set(_ load: BatchEngine.Load, clients count: Int, storeBytes bytes: Int) {
        waiting.record(load.waiting)
        granted.record(load.granted)
        for (status, gauge) in active { gauge.record(load.batches[status] ?? 0) }
        workers.record(load.workers)
        slots.record(load.slots)
        clients.record(count)
        storeBytes.record(bytes)
    }

    // MARK: Labels

    private static func ended(_ outcome: String) -> Counter {
        Counter(label: "tally_operations_ended_total", dimensions: [("outcome", outcome)])
    }

    private static func byStatus<Metric>(
        _ statuses: [BatchStatus], _ make: (String) -> Metric
    ) -> [BatchStatus: Metric] {
        Dictionary(uniqueKeysWithValues: statuses.map { ($0, make($0.rawValue)) })
    }

    private static func bySocket(_ make: ([(String, String)]) -> Counter) -> [String: Counter] {
        let sockets = ["control", "dispatch", "completions", "events"]
        return Dictionary(uniqueKeysWithValues: sockets.map { ($0, make([("socket", $0)])) })
    }
}

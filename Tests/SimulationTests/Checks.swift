import BatchEngine
import BatchProgress
import BatchWorker

/// What must hold at every moment, and at the end.
final class Checks {
    private(set) var failures: [String] = []
    private let world: World
    private let interval: Duration
    private var lastRevision: Int64 = 0
    private var lastEpoch: Int64 = 0
    private var lastPublished: [BatchID: (at: Timestamp, event: BatchProgressEvent)] = [:]
    private var earlyEvents: [BatchID: Int] = [:]
    private var urgencies: [BatchID: Int] = [:]
    private var stale: [BatchID: Timestamp] = [:]
    private var ended: [BatchID: Set<Int>] = [:]
    private var successes: [BatchID: Set<Int>] = [:]
    private var newestAttempts: [BatchID: [Int: Int]] = [:]
    private(set) var accepted: [BatchID: Int] = [:]
    private var retries: [BatchID: Int] = [:]
    private var begunOnEnd: Set<BatchID> = []

    init(world: World, interval: Duration) {
        self.world = world
        self.interval = interval
    }

    static func brief(_ event: BatchProgressEvent?) -> String {
        guard let event else { return "nothing" }
        let counts = "\(event.completedOperations)+\(event.failedOperations)+\(event.cancelledOperations)"
        return "\(event.batchId) r\(event.revision) \(event.status) \(counts)/\(event.totalOperations)"
    }

    /// One of the clients' batches is, and so are its retries.
    private static func isPrivate(_ id: BatchID) -> Bool { id.description.hasPrefix("batch-2") }

    func fail(_ what: String) {
        if failures.count < 10 { failures.append("at \(world.now): \(what)") }
    }

    /// Pause, resume and cancel are told at once; so is each batch once again after a restart.
    func urgent(_ id: BatchID) { urgencies[id, default: 0] += 1 }

    func accepted(_ id: BatchID, total: Int) { accepted[id] = total }

    /// A retry that isn't cancelled has as many operations as failed, or were lost. It is there only once the turn
    /// is durable.
    func retried(_ source: BatchRecord, as retry: BatchRetry) {
        retries[retry.id] = retry.lostOnly ? source.lost : source.failed
    }

    func started() {
        for id in lastPublished.keys { urgent(id) }
        stale = [:]
    }

    func started(_ key: OperationKey) {
        if ended[key.batch]?.contains(key.operation) == true {
            // Allowed only if it was granted before it ended: a late message. It is never granted anew.
            world.occurrences.note("ran again after its end")
        }
    }

    func ran(_ key: OperationKey, _ outcome: OperationOutcome) {
        if outcome.kind == .completed { successes[key.batch, default: []].insert(key.operation) }
    }

    /// After each turn: what the counts say has been told, or will be within the limit.
    func turned(_ engine: BatchEngine, _ turn: Turn) {
        for case .granted(let grant) in turn.changes
        where grant.operations.contains(where: { ended[grant.batch]?.contains($0) == true }) {
            fail("granted although it has ended: \(grant)")
        }
        for event in engine.activeEvents {
            guard let record = engine.record(of: event.batchId) else { continue }
            if record.finished == event.finishedOperations, record.total == event.totalOperations {
                stale[event.batchId] = nil
            } else if let since = stale[event.batchId] {
                if turn.now - since > interval {
                    fail("\(event.batchId) was not told for \(turn.now - since)")
                }
            } else {
                stale[event.batchId] = turn.now
            }
        }
    }

    func committed(_ changes: [Change]) {
        for change in changes {
            switch change {
            case .granted(let grant):
                for number in grant.operations {
                    newestAttempts[grant.batch, default: [:]][number] = grant.attempt
                }
            case .operations(_, let id) where id.isOnEnd:
                world.occurrences.note("something done on an end")
                if !begunOnEnd.insert(id).inserted { fail("\(id) began twice") }
            case .ended(let run, let id): ended(run, of: id)
            case .batch(let record) where record.finished > record.total:
                fail("more finished than there are: \(record)")
            default: break
            }
        }
    }

    private func ended(_ run: EndedOperations, of id: BatchID) {
        for number in run.operations where !ended[id, default: []].insert(number).inserted {
            fail("operation \(number) of \(id) ended twice")
        }
        if run.outcome.kind == .completed, !Set(run.operations).isSubset(of: successes[id] ?? []) {
            fail("\(id) \(run.operations) completed without having run")
        }
        let reported = run.outcome.kind == .failed && run.worker != nil
        if reported, run.operations.contains(where: { newestAttempts[id]?[$0] != run.attempt }) {
            fail("\(id) \(run.operations) failed by attempt \(run.attempt), and a newer one was granted")
        }
    }

    func published(_ event: BatchProgressEvent, epoch: Int64) {
        if event.revision <= lastRevision { fail("revision \(event.revision) after \(lastRevision)") }
        if epoch == lastEpoch, event.revision != lastRevision + 1 { fail("a hole before \(event.revision)") }
        lastRevision = event.revision
        lastEpoch = epoch
        if Self.isPrivate(event.batchId),
            event.label != nil || event.currentOperation != nil || event.errors != nil
        {
            fail("a private batch tells more than counts: \(event)")
        }
        if let last = lastPublished[event.batchId] {
            checkSuccession(from: last.event, at: last.at, to: event)
        }
        lastPublished[event.batchId] = (world.now, event)
    }

    private func checkSuccession(from last: BatchProgressEvent, at: Timestamp, to event: BatchProgressEvent) {
        if last.status.isEnd { fail("an event after the end: \(Self.brief(event))") }
        if event.totalOperations == last.totalOperations, event.progress < last.progress - 1e-9,
            lastEpochOf[event.batchId] == lastEpoch
        {
            fail("progress fell from \(last.progress) to \(event.progress)")
        }
        lastEpochOf[event.batchId] = lastEpoch
        // A commit takes its time, so two events may come a little closer together than they were decided.
        let firstFailure = last.failedOperations == 0 && event.failedOperations > 0
        if world.now - at < interval - .milliseconds(20), !event.status.isEnd, !firstFailure {
            earlyEvents[event.batchId, default: 0] += 1
            if earlyEvents[event.batchId, default: 0] > urgencies[event.batchId, default: 0] {
                fail("too many events: \(Self.brief(last)) then \(Self.brief(event)) \(world.now - at) later")
            }
        }
    }

    private var lastEpochOf: [BatchID: Int64] = [:]

    /// When all is over.
    func finish(_ store: any SimulatedStore, _ engine: BatchEngine?, _ subscribers: [SimulatedSubscriber]) {
        if engine?.isEmpty != true { fail("something is left in memory") }
        for (id, total) in accepted { checkEnd(of: id, total: total, store) }
        for (id, total) in retries where (try? store.record(of: id)) != nil {
            checkEnd(of: id, total: total, store)
        }
        checkOnEnd(store)
        for id in lastPublished.keys {
            guard let record = try? store.record(of: id) else {
                fail("\(id) was told of and isn't durable")
                continue
            }
            for (index, subscriber) in subscribers.enumerated()
            where record.revision > subscriber.beganAt ?? 0
                && (subscriber.told[id]?.revision != record.revision
                    || subscriber.told[id]?.status != record.status)
            {
                fail(
                    "subscriber \(index) was told \(Self.brief(subscriber.told[id])), not \(Self.brief(record.event))"
                )
            }
        }
        if subscribers.contains(where: { !$0.hasEmptyMirror }) { fail("a mirror still holds a batch") }
    }

    /// Each batch that ended, and for whose end something was asked, has one follower, which ended.
    private func checkOnEnd(_ store: any SimulatedStore) {
        var expected: Set<BatchID> = []
        for id in lastPublished.keys {
            guard let record = try? store.record(of: id), record.request.onEnd != nil else { continue }
            expected.insert(id.onEnd)
        }
        if expected != begunOnEnd { fail("on ends began \(begunOnEnd), not \(expected)") }
        for id in expected { checkEnd(of: id, total: 1, store) }
    }

    private func checkEnd(of id: BatchID, total: Int, _ store: any SimulatedStore) {
        guard let record = try? store.record(of: id), record.isEnded else {
            return fail("\(id) has not ended")
        }
        guard let endings = try? store.endings(of: id) else { return fail("\(id) can't be read") }
        func count(_ kind: OperationOutcome.Kind) -> Int {
            endings.filter { $0.outcome.kind == kind }.reduce(0) { $0 + $1.operations.count }
        }
        if record.total != total || record.finished != total { fail("counts of \(record) for \(total)") }
        if count(.completed) != record.completed || count(.failed) != record.failed
            || count(.cancelled) > record.cancelled
        {
            fail("\(record) doesn't agree with what ended: \(endings)")
        }
    }
}

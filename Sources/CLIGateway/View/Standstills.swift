import BatchProgress
import BatchProtocol

/// Batches of which nothing moves for want of a worker, as whoever shows them learns of it: by asking now and
/// then, while events tell that something moves after all.
struct Standstills: Sendable {
    private struct Standstill {
        var reason: String
        var since: Timestamp
        var event: BatchProgressEvent
    }

    /// A worker that was just started needs this long to be there.
    private static let patience = Duration.seconds(1)

    /// A batch whose workers this process brings: nobody is to be told to start some.
    private let ours: BatchID?
    private var known: [BatchID: Standstill] = [:]
    private var said: Set<BatchID> = []

    init(exceptOf ours: BatchID? = nil) {
        self.ours = ours
    }

    /// What is there, as asked for at this moment.
    mutating func note(_ details: [BatchDetail], at now: Timestamp) {
        let before = known
        known = [:]
        for detail in details where detail.event.batchId != ours {
            guard let reason = detail.waitsFor else { continue }
            let id = detail.event.batchId
            known[id] = before[id] ?? Standstill(reason: reason, since: now, event: detail.event)
        }
    }

    mutating func update(_ event: BatchProgressEvent) {
        guard let before = known[event.batchId]?.event, before.hasMoved(to: event) else { return }
        known[event.batchId] = nil
    }

    /// Nil while it moves, or hasn't stood still for long.
    func reason(of id: BatchID, at now: Timestamp) -> String? {
        known[id].flatMap { now - $0.since >= Self.patience ? $0.reason : nil }
    }

    /// Those that are to be told in words now: each batch once.
    mutating func due(at now: Timestamp) -> [(event: BatchProgressEvent, reason: String)] {
        let due = known.filter { !said.contains($0.key) && reason(of: $0.key, at: now) != nil }
        said.formUnion(due.keys)
        return due.sorted { $0.key < $1.key }.map { ($0.value.event, $0.value.reason) }
    }
}

extension BatchDetail {
    /// Only workers that come with `tally run` take it.
    package var belongsToRun: Bool { lane == event.batchId.description }

    /// What tries again the failed operations of a batch that has ended.
    static func retry(of id: BatchID, belongsToRun: Bool) -> String {
        belongsToRun ? "tally run --resume \"$(tally retry \(id))\"" : "tally retry \(id)"
    }

    /// Why nothing of it moves though it may, and what to do; nil if something could.
    package var waitsFor: String? {
        guard !event.status.isEnd, event.status != .paused, let types = typesWithoutWorker else { return nil }
        if belongsToRun { return "no worker; run it here with: tally run --resume \(event.batchId)" }
        let wanted = "no worker takes operations of type \(types.joined(separator: ", "))"
        return types.contains(CommandOperation.type)
            ? "\(wanted); start one with: tally worker --allow-commands" : wanted
    }

    /// How to go on with it; nil if it isn't paused.
    var goesOnBy: String? {
        guard event.status == .paused else { return nil }
        let lacksWorkers = typesWithoutWorker != nil || !sealed
        return belongsToRun && lacksWorkers
            ? "tally run --resume \(event.batchId)" : "tally resume \(event.batchId)"
    }
}

extension BatchProgressEvent {
    fileprivate func hasMoved(to next: BatchProgressEvent) -> Bool {
        next.status != status || next.finishedOperations != finishedOperations
            || next.startedAt != startedAt || next.currentOperation != currentOperation
    }
}

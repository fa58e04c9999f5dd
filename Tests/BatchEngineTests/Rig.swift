import BatchEngine
import BatchProgress

/// An engine driven by hand: what each turn makes durable is kept as a store would keep it.
final class Rig {
    var engine: BatchEngine
    private(set) var now = Timestamp(microseconds: 1_700_000_000_000_000)
    var store = KeptChanges()
    /// Of the last turn.
    private(set) var changes: [Change] = []
    private(set) var directives: [Directive] = []
    /// All that was published, and when.
    private(set) var told: [(at: Timestamp, event: BatchProgressEvent)] = []
    let configuration: BatchEngine.Configuration

    init(seed: UInt64 = 1, _ configure: (inout BatchEngine.Configuration) -> Void = { _ in }) {
        var configuration = BatchEngine.Configuration()
        configure(&configuration)
        self.configuration = configuration
        engine = BatchEngine(configuration: configuration, seed: seed)
    }

    @discardableResult
    func turn<Result>(_ body: (inout BatchEngine, inout Turn) throws -> Result) rethrows -> Result {
        var turn = Turn(now: now)
        engine.tick(in: &turn)
        defer {
            engine.finish(&turn)
            (changes, directives) = (turn.changes, turn.directives)
            for change in changes { store.keep(change) }
            for case .publish(let event) in directives { told.append((now, event)) }
        }
        return try body(&engine, &turn)
    }

    /// Time goes on, with a turn whenever the engine wants one.
    func advance(_ duration: Duration) {
        let end = now + duration
        while let deadline = engine.nextDeadline(), deadline <= end {
            now = max(now, deadline)
            turn { _, _ in }
        }
        now = end
    }

    /// The process is stopped for so long, and sees it.
    func stop(for duration: Duration) {
        now = now + duration
        engine.wasAway(until: now)
        turn { _, _ in }
    }

    /// The process is killed and started again.
    func restart() {
        engine = recovered()
        turn { engine, turn in engine.begin(in: &turn) }
    }

    func recovered() -> BatchEngine {
        BatchEngine(recovering: store.recovery, configuration: configuration, seed: 7, at: now)
    }

    // MARK: What clients do

    @discardableResult
    func open(_ request: BatchRequest) throws -> OpenedBatch {
        try turn { engine, turn in
            try engine.open(request, known: self.store.record(of: request.id), in: &turn)
        }
    }

    @discardableResult
    func add(_ id: BatchID, first: Int, _ operations: [BatchOperation], digest: OperationDigest? = nil) throws
        -> Int
    {
        try turn { engine, turn in
            try engine.add(first: first, operations, digest: digest, to: id, in: &turn)
        }
    }

    @discardableResult
    func seal(_ id: BatchID, total: Int, digest: OperationDigest? = nil) throws -> OpenedBatch {
        try turn { engine, turn in
            try engine.seal(id, total: total, digest: digest, known: self.store.record(of: id), in: &turn)
        }
    }

    /// A sealed batch of so many operations of each type, in one turn.
    func submit(_ request: BatchRequest, _ counts: [(type: String, count: Int)]) throws {
        let operations = counts.flatMap { Array(repeating: BatchOperation(type: $0.type), count: $0.count) }
        try turn { engine, turn in
            _ = try engine.open(request, known: nil, in: &turn)
            _ = try engine.add(first: 0, operations, digest: nil, to: request.id, in: &turn)
            _ = try engine.seal(request.id, total: operations.count, digest: nil, known: nil, in: &turn)
        }
    }

    func submit(_ id: BatchID, _ count: Int, retries: Int = 0, onLost: LossPolicy = .retry) throws {
        try submit(BatchRequest(id: id, retries: retries, onLost: onLost), [("work", count)])
    }

    func cancel(_ id: BatchID) throws {
        try turn { engine, turn in try engine.cancel(id, known: self.store.record(of: id), in: &turn) }
    }

    func pause(_ id: BatchID) throws {
        try turn { engine, turn in try engine.pause(id, known: self.store.record(of: id), in: &turn) }
    }

    func resume(_ id: BatchID) throws {
        try turn { engine, turn in try engine.resume(id, known: self.store.record(of: id), in: &turn) }
    }

    // MARK: What workers do

    func ready(
        _ session: SessionID, types: [String] = ["work"], lane: String? = nil, slots: Int = 1,
        capacity: Int = 1, holding held: [HeldOperations] = []
    ) {
        let introduction = WorkerIntroduction(
            session: session, name: "name of \(session)", types: types, lane: lane, slots: slots,
            capacity: capacity)
        turn { engine, turn in engine.ready(introduction, holding: held, in: &turn) }
    }

    @discardableResult
    func heard(_ session: SessionID, capacity: Int? = nil) -> Bool {
        turn { engine, turn in engine.heard(from: session, capacity: capacity, at: turn.now) }
    }

    func release(_ session: SessionID, _ id: BatchID, _ operations: [Int]) {
        turn { engine, turn in engine.release(operations, of: id, by: session, in: &turn) }
    }

    func goodbye(_ session: SessionID) {
        turn { engine, turn in engine.goodbye(session, in: &turn) }
    }

    /// Returns how many were refused.
    @discardableResult
    func report(
        _ session: SessionID, _ id: BatchID, attempt: Int = 1, started: [Int] = [],
        shares: [OperationShare] = [], completed: [Int] = [], completedWithMessage: [Int] = [],
        failed: [Int] = [], cancelled: [Int] = []
    ) -> Int {
        let ended =
            completedWithMessage.map { ($0, OperationOutcome(kind: .completed, message: "lucky")) }
            + failed.map { ($0, OperationOutcome(kind: .failed, exitCode: 1, message: "no luck")) }
            + cancelled.map { ($0, OperationOutcome(kind: .cancelled)) }
        let report = OperationReport(
            session: session, batch: id, attempt: attempt, started: started, shares: shares,
            completed: completed, ended: ended.map { .init(operation: $0, outcome: $1) })
        return turn { engine, turn in engine.report(report, in: &turn) }
    }

    // MARK: What came of it

    var grants: [Grant] {
        directives.compactMap { directive in
            if case .grant(let grant) = directive { grant } else { nil }
        }
    }

    var stops: [SessionID: [Int]] {
        directives.reduce(into: [:]) { stops, directive in
            if case .stop(let operations, _, _, let session) = directive {
                stops[session, default: []] += operations
            }
        }
    }

    var stoppedAttempts: [Int?] {
        directives.compactMap { directive in
            if case .stop(_, _, let attempt, _) = directive { .some(attempt) } else { nil }
        }
    }

    var recalled: [SessionID] {
        directives.compactMap { directive in
            if case .recall(_, let session) = directive { session } else { nil }
        }
    }

    var published: [BatchProgressEvent] {
        directives.compactMap { directive in
            if case .publish(let event) = directive { event } else { nil }
        }
    }

    /// As it is now, or as it ended.
    func record(_ id: BatchID) -> BatchRecord? { engine.record(of: id) ?? store.record(of: id) }

    func lastEvent(_ id: BatchID) -> BatchProgressEvent? { told.last { $0.event.batchId == id }?.event }

    /// Completed, failed, cancelled.
    func counts(_ id: BatchID) -> [Int] {
        record(id).map { [$0.completed, $0.failed, $0.cancelled] } ?? []
    }
}

extension BatchID {
    init(literal text: String) {
        guard let id = BatchID(text) else { preconditionFailure("a valid id") }
        self = id
    }

    static let a = BatchID(literal: "a")
    static let b = BatchID(literal: "b")
}

extension SessionID {
    init(literal text: String) {
        guard let session = SessionID(text) else { preconditionFailure("a valid session") }
        self = session
    }

    static let w1 = SessionID(literal: "w1")
    static let w2 = SessionID(literal: "w2")
    static let w3 = SessionID(literal: "w3")
}

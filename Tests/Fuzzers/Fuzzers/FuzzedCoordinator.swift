import BatchEngine
import BatchProgress
import BatchProtocol
import Coordinator

/// The coordinator without its sockets and its disk: what is decoded goes through the same rules, and each turn is
/// durable at once, in a store that is a value in memory.
final class FuzzedCoordinator {
    private(set) var engine: BatchEngine
    private(set) var now = Timestamp(microseconds: 1_700_000_000_000_000)
    /// All that was handed out, for reports that mean something.
    private(set) var grants: [Grant] = []
    private let store = ModelStore()
    private var ended: [BatchID: Set<Int>] = [:]
    private var published: Int64 = 0

    private static let configuration: BatchEngine.Configuration = {
        var configuration = BatchEngine.Configuration()
        configuration.operationsPerBatch = 2000
        configuration.operationsPerGrant = 8
        configuration.operationsPerCopy = 3
        configuration.typesPerBatch = 3
        configuration.revisionBlock = 5
        return configuration
    }()

    init() {
        engine = BatchEngine(configuration: Self.configuration, seed: 1)
    }

    func wait(milliseconds: Int) {
        now = now + .milliseconds(milliseconds)
        turn { _, _ in }
    }

    /// Only what is durable is left.
    func restart() {
        engine = BatchEngine(
            recovering: store.recover(), configuration: Self.configuration, seed: 2, at: now)
        published = engine.revision
        grants = []
        turn { engine, turn in
            engine.begin(in: &turn)
            for copy in self.store.unfinishedRetries() { turn.changes.append(.copyFailed(copy)) }
        }
    }

    // MARK: What arrives

    func receive(_ request: ControlRequest) {
        turn { engine, turn in
            do {
                try self.handle(request, &engine, &turn)
            } catch let refusal as Refusal {
                _ = WireFormat.encode(ControlAnswer<NoBody>(id: request.id, error: WireError(refusal)))
            } catch let error as WireError {
                _ = WireFormat.encode(ControlAnswer<NoBody>(id: request.id, error: error))
            } catch {
                fatalError("refused with \(error)")
            }
        }
    }

    func receive(_ message: WorkerMessage) throws(WireError) {
        let session = try SessionID(checking: message.session)
        var introduction: WorkerIntroduction?
        switch message.verb {
        case .ready(let ready): introduction = try WorkerIntroduction(ready, session: session)
        case .heartbeat(let capacity?): try WorkerIntroduction.check(capacity: capacity)
        case .heartbeat(nil), .release, .goodbye: break
        }
        turn { engine, turn in
            switch message.verb {
            case .ready(let ready):
                if let introduction { engine.ready(introduction, holding: ready.holds, in: &turn) }
            case .heartbeat(let capacity):
                _ = engine.heard(from: session, capacity: capacity, at: turn.now)
            case .release(let release):
                engine.release(
                    release.operations, of: release.batch, attempt: release.attempt, by: session, in: &turn)
            case .goodbye: engine.goodbye(session, in: &turn)
            }
        }
    }

    func receive(_ message: ReportMessage) throws(WireError) {
        let report = try OperationReport(message)
        turn { engine, turn in _ = engine.report(report, in: &turn) }
    }

    private func handle(
        _ request: ControlRequest, _ engine: inout BatchEngine, _ turn: inout Turn
    ) throws {
        func known(_ id: BatchID) -> BatchRecord? {
            engine.record(of: id) == nil ? store.record(of: id) : nil
        }
        switch request.verb {
        case .open(let request):
            if let fault = request.fault { throw fault }
            _ = OpenAnswer(try engine.open(request, known: known(request.id), in: &turn))
        case .add(let chunk):
            let operations = try chunk.operations(data: request.data)
            let digest = try OperationDigest(checking: chunk.digest)
            _ = try engine.add(first: chunk.first, operations, digest: digest, to: chunk.batch, in: &turn)
        case .seal(let seal):
            let digest = try OperationDigest(checking: seal.digest)
            _ = try engine.seal(
                seal.batch, total: seal.total, digest: digest, known: known(seal.batch), in: &turn)
        case .cancel(let steering):
            try engine.cancel(steering.batch, known: known(steering.batch), in: &turn)
        case .pause(let steering):
            try engine.pause(steering.batch, known: known(steering.batch), in: &turn)
        case .resume(let steering):
            try engine.resume(steering.batch, known: known(steering.batch), in: &turn)
        case .retry(let retry):
            // The store is asked once all that is on its way is durable.
            guard let source = store.record(of: retry.batch) else { throw Refusal.unknownBatch(retry.batch) }
            let new = BatchRetry(
                id: retry.as, lostOnly: retry.lost ?? false, actor: retry.actor, interface: retry.interface)
            _ = try engine.retry(source, as: new, known: store.record(of: retry.as), in: &turn)
        case .attend(let attend):
            for id in attend.batches { engine.attend(id, at: turn.now) }
        case .status(let reference): look(at: reference.batch, engine)
        case .operations(let reference):
            _ = WireFormat.encode(
                OperationsAnswer(operations: engine.activeOperations(of: reference.batch, limit: 1000)))
        case .workers: _ = WireFormat.encode(WorkersAnswer(workers: engine.activeWorkers))
        case .snapshot: _ = WireFormat.encode(engine.activeEvents)
        case .logs(let reference): _ = engine.state(of: reference.operation, of: reference.batch)
        case .hello, .list, .failures, .goodbye: break
        }
    }

    private func look(at id: BatchID, _ engine: BatchEngine) {
        if let event = engine.present(id) { check(event) }
        _ = engine.firstOpenOperation(of: id)
        _ = engine.typesWithoutWorker(of: id)
    }

    // MARK: Turns

    private func turn(_ body: (inout BatchEngine, inout Turn) -> Void) {
        var turn = Turn(now: now)
        engine.tick(in: &turn)
        body(&engine, &turn)
        engine.finish(&turn)
        _ = engine.nextDeadline()
        carryOut(turn)
    }

    private func carryOut(_ turn: Turn) {
        let granted = turn.directives.compactMap { directive in
            if case .grant(let grant) = directive { grant } else { nil }
        }
        for case .ended(let run, let id) in turn.changes { note(run, of: id) }
        let committed = store.commit(turn.changes, loading: granted)
        for (grant, operations) in zip(granted, committed.operations) { send(grant, operations) }
        for case .publish(let event) in turn.directives {
            require(event.revision == published + 1, "revision \(event.revision) after \(published)")
            published = event.revision
            check(event)
        }
        for copy in committed.copies {
            self.turn { engine, turn in
                engine.copied(
                    copy.copy, types: copy.types, digest: copy.digest, isLast: copy.next == nil, in: &turn)
                if let next = copy.next { turn.changes.append(.copyFailed(next)) }
            }
        }
    }

    private func send(_ grant: Grant, _ operations: [BatchOperation]) {
        require(!grant.operations.isEmpty, "an empty grant")
        require(Set(grant.operations).count == grant.operations.count, "granted twice in one: \(grant)")
        require(operations.count == grant.operations.count, "no data for \(grant)")
        grants.append(grant)
        let labels = zip(grant.operations, operations).compactMap { number, operation in
            operation.label.map { (number, $0) }
        }
        engine.learn(labels: Dictionary(uniqueKeysWithValues: labels), of: grant.batch)
    }

    private func note(_ run: EndedOperations, of id: BatchID) {
        for number in run.operations {
            require(ended[id, default: []].insert(number).inserted, "\(number) of \(id) ended twice")
        }
    }

    /// What is published is what `BatchProgressEvent`'s decoder lets through.
    private func check(_ event: BatchProgressEvent) {
        let counts = [event.completedOperations, event.failedOperations, event.cancelledOperations]
        require(counts.allSatisfy { $0 >= 0 }, "a count below zero: \(event)")
        require(event.finishedOperations <= event.totalOperations, "more ended than there are: \(event)")
        require(0...event.totalOperations ~= event.retriedOperations, "\(event)")
        require(0...1 ~= event.progress, "\(event)")
        for rate in [event.operationsPerSecond, event.estimatedSecondsRemaining].compactMap(\.self) {
            require(rate >= 0 && rate.isFinite, "\(event)")
        }
    }
}

import BatchEngine
import BatchProgress
import BatchProtocol
import Coordinator

/// The coordinator's shell, on simulated time: turns, commits that take their time or fail, kills.
final class SimulatedCoordinator {
    private struct PendingTurn {
        var changes: [Change]
        var directives: [Directive]
        var answers: [() -> Void]
    }

    let world: World
    let store: any SimulatedStore
    let configuration: BatchEngine.Configuration
    private(set) var engine: BatchEngine?
    private(set) var epoch: Int64 = 0
    private var pending: [PendingTurn] = []
    private var isCommitting = false
    private var wake: Timestamp?
    private var grantsSent: [SessionID: Int] = [:]
    private(set) var published: Int64 = 0

    var workers: [SessionID: SimulatedWorker] = [:]
    var subscribers: [SimulatedSubscriber] = []
    let checks: Checks

    init(world: World, store: any SimulatedStore, configuration: BatchEngine.Configuration, checks: Checks) {
        self.world = world
        self.store = store
        self.configuration = configuration
        self.checks = checks
        start()
        beacon()
    }

    var isUp: Bool { engine != nil }

    func kill() {
        engine = nil
        pending = []
        isCommitting = false
        grantsSent = [:]
        epoch += 1
        world.occurrences.note("coordinator killed")
        world.after(world.duration(10_000...4_000_000)) { self.start() }
    }

    /// One turn: `body` is what has arrived; its answer leaves once it is durable.
    func turn(_ body: (inout BatchEngine, inout Turn) -> (() -> Void)?) {
        guard var engine else { return }
        self.engine = nil
        var turn = Turn(now: world.now)
        engine.tick(in: &turn)
        let answer = body(&engine, &turn)
        engine.finish(&turn)
        checks.turned(engine, turn)
        self.engine = engine
        pending.append(
            PendingTurn(
                changes: turn.changes, directives: turn.directives, answers: answer.map { [$0] } ?? []))
        commit()
        scheduleWake()
    }

    /// A turn that is given what is durable of a batch that isn't active. It is looked up once all turns
    /// before are durable, so that an end that is still being committed isn't missed.
    func withRecord(
        of id: BatchID, _ body: @escaping (BatchRecord?, inout BatchEngine, inout Turn) -> (() -> Void)?
    ) {
        turn { engine, turn in
            if engine.record(of: id) != nil { return body(nil, &engine, &turn) }
            return {
                let known = try? self.store.record(of: id)
                self.turn { engine, turn in body(known, &engine, &turn) }
            }
        }
    }

    // MARK: What arrives

    func receive(_ message: WorkerMessage) {
        guard isUp, let session = SessionID(message.session) else { return }
        switch message.verb {
        case .ready(let ready):
            guard let introduction = try? WorkerIntroduction(ready, session: session) else { return }
            send(.welcome(epoch: epoch, lease: 5, grants: grantsSent[session, default: 0]), to: session)
            turn { engine, turn in
                engine.ready(introduction, holding: ready.holds, in: &turn)
                return nil
            }
        case .heartbeat(let capacity):
            turn { engine, turn in
                let known = engine.heard(from: session, capacity: capacity, at: turn.now)
                if known {
                    self.send(
                        .heartbeat(epoch: self.epoch, grants: self.grantsSent[session, default: 0]),
                        to: session)
                } else {
                    self.world.occurrences.note("unknown session")
                    self.send(.unknownSession, to: session)
                }
                return nil
            }
        case .release(let release):
            turn { engine, turn in
                engine.release(
                    release.operations, of: release.batch, attempt: release.attempt, by: session, in: &turn)
                return nil
            }
        case .goodbye:
            turn { engine, turn in
                engine.goodbye(session, in: &turn)
                return nil
            }
        }
    }

    func receive(_ message: ReportMessage) {
        guard isUp, let report = try? OperationReport(message) else { return }
        turn { engine, turn in
            let refused = engine.report(report, in: &turn)
            if refused > 0 { self.world.occurrences.note("report refused", refused) }
            guard let number = message.report else { return nil }
            return { self.send(.acknowledge(reports: [number]), to: report.session) }
        }
    }

    func snapshot(since: Int64?, answer: @escaping (Int64, Int64, [BatchProgressEvent]) -> Void) {
        turn { engine, _ in
            let events = engine.activeEvents
            let revision = engine.revision
            let epoch = self.epoch
            return {
                let ended = since.flatMap { try? self.store.ended(after: $0) } ?? []
                let told = events + ended.filter { $0.revision <= revision }.map(\.event)
                answer(epoch, revision, told)
            }
        }
    }

    // MARK: Commits

    private func commit() {
        guard !isCommitting, !pending.isEmpty else { return }
        let turns = pending
        let grants = turns.flatMap(\.directives).compactMap { directive in
            if case .grant(let grant) = directive { grant } else { nil }
        }
        guard !grants.isEmpty || turns.contains(where: { !$0.changes.isEmpty }) else {
            pending = []
            return carryOut(turns, CommittedChanges())
        }
        isCommitting = true
        let epoch = epoch
        world.after(world.duration(200...8000)) {
            guard self.epoch == epoch else { return }
            if self.world.isFaulty, self.world.chance(0.002) { return self.commitFailed() }
            do {
                let committed = try self.store.commit(turns.flatMap(\.changes), loading: grants)
                self.checks.committed(turns.flatMap(\.changes))
                // A kill between the commit and its consequences.
                if self.world.isFaulty, self.world.chance(0.002) {
                    self.world.occurrences.note("killed after a commit")
                    return self.kill()
                }
                self.pending.removeFirst(turns.count)
                self.isCommitting = false
                self.carryOut(turns, committed)
                self.commit()
            } catch {
                self.checks.fail("the store refused a commit: \(error)")
            }
        }
    }

    private func commitFailed() {
        world.occurrences.note("commit failed")
        engine = nil
        pending = []
        isCommitting = false
        start()
    }

    private func carryOut(_ turns: [PendingTurn], _ committed: CommittedChanges) {
        var operations = committed.operations[...]
        for directive in turns.flatMap(\.directives) {
            if case .grant = directive {
                carryOut(directive, operations.popFirst() ?? [])
            } else {
                carryOut(directive, [])
            }
        }
        for answer in turns.flatMap(\.answers) { answer() }
        for copy in committed.copies { goOn(with: copy) }
    }

    private func carryOut(_ directive: Directive, _ operations: [BatchOperation]) {
        switch directive {
        case .grant(let grant):
            guard operations.count == grant.operations.count else {
                return checks.fail("no data for grant \(grant)")
            }
            grantsSent[grant.session, default: 0] += 1
            let sequence = grantsSent[grant.session, default: 0]
            send(WorkerOrder(grant, sequence: sequence, operations: operations), to: grant.session)
        case .stop(let operations, let batch, let attempt, let session):
            world.occurrences.note("stop sent")
            send(.stop(batch: batch, operations: operations, attempt: attempt), to: session)
        case .recall(let batch, let session):
            world.occurrences.note("recall sent")
            send(.recall(batch: batch), to: session)
        case .publish(let event):
            published = event.revision
            checks.published(event, epoch: epoch)
            for subscriber in subscribers {
                let epoch = epoch
                world.deliver("event") { subscriber.receive(event, epoch: epoch) }
            }
        }
    }

    private func goOn(with copy: CommittedChanges.Copy) {
        turn { engine, turn in
            engine.copied(
                copy.copy, types: copy.types, digest: copy.digest, isLast: copy.next == nil, in: &turn)
            if let next = copy.next { turn.changes.append(.copyFailed(next)) }
            return nil
        }
    }

    // MARK: Time

    private func start() {
        guard let recovery = try? store.recover(), let retries = try? store.unfinishedRetries() else {
            return checks.fail("the store could not be read")
        }
        epoch += 1
        grantsSent = [:]
        engine = BatchEngine(
            recovering: recovery, configuration: configuration, seed: UInt64(world.now.microseconds),
            at: world.now)
        published = engine?.revision ?? 0
        checks.started()
        turn { engine, turn in
            engine.begin(in: &turn)
            for copy in retries {
                self.world.occurrences.note("retry copy taken up again")
                turn.changes.append(.copyFailed(copy))
            }
            return nil
        }
    }

    private func scheduleWake() {
        guard let deadline = engine?.nextDeadline(), wake.map({ deadline < $0 || $0 <= world.now }) ?? true
        else { return }
        wake = deadline
        world.after(max(deadline - world.now, .zero)) {
            // One that was overtaken by an earlier one has nothing to do.
            guard self.wake == deadline else { return }
            self.wake = nil
            self.turn { _, _ in nil }
        }
    }

    private func beacon() {
        world.after(.milliseconds(250)) {
            if self.isUp {
                let (epoch, revision) = (self.epoch, self.published)
                for subscriber in self.subscribers {
                    self.world.deliver("beacon") {
                        subscriber.receiveBeacon(epoch: epoch, revision: revision)
                    }
                }
            }
            self.beacon()
        }
    }

    private func send(_ order: WorkerOrder, to session: SessionID) {
        world.deliver("order") { self.workers[session]?.receive(order) }
    }
}

import BatchEngine
import BatchProgress
import BatchProtocol
import ZeroMQ
import Logging
import BatchStore

extension Coordinator {
    /// One turn: `body` puts what has arrived through the engine.
    func turn(_ body: (inout BatchEngine, inout Turn) -> Void = { _, _ in }) {
        guard hold == nil else { return }
        noticeAbsence()
        var turn = Turn(now: clock.now)
        engine.tick(in: &turn)
        body(&engine, &turn)
        engine.finish(&turn)
        pending.changes += turn.changes
        pending.effects += turn.directives.map(Effect.directive)
        pending.untoldChanges += turn.untoldChanges
        commit()
        setWakeTimer()
        metrics.tookTurn(of: clock.now - turn.now)
    }

    /// Time in which this process was stopped, or its machine slept, is nobody's silence: what was said meanwhile is
    /// still to be heard. The beacon shows it, which is due four times a second.
    func noticeAbsence() {
        let now = clock.now
        let absence = now - awakeAt
        awakeAt = now
        guard absence > Self.longestPause else { return }
        log.warning("was stopped", metadata: ["seconds": "\(absence.inSeconds)"])
        engine.wasAway(until: now)
    }

    private static let longestPause = Duration.seconds(1)

    /// Gives the store what waits, if it is done with what it was given before.
    func commit() {
        guard committingSince == nil, !pending.isEmpty else { return }
        let turns = pending.takeAll()
        let grants = turns.grants
        guard !turns.changes.isEmpty || !grants.isEmpty else { return carryOut(turns.effects, Committed()) }
        let since = clock.now
        committingSince = since
        store.commit(turns.changes, loading: grants) { result in
            self.loop.execute {
                self.assumeIsolated { $0.committed(result, turns, since: since) }
            }
        }
    }

    private func committed(_ result: Result<Committed, StoreError>, _ turns: PendingTurns, since: Timestamp) {
        committingSince = nil
        switch result {
        case .success(let committed):
            refusal = nil
            metrics.committed(turns, in: clock.now - since)
            carryOut(turns.effects, committed)
            for copy in committed.copies { goOn(with: copy) }
            commit()
            finishIfStopping()
        case .failure(let error):
            startOver(after: error, dropping: turns.effects)
        }
    }

    func carryOut(_ effects: [Effect], _ committed: Committed) {
        var operations = committed.operations[...]
        var acknowledged: [SessionID: [Int64]] = [:]
        for effect in effects {
            switch effect {
            case .directive(.grant(let grant)): send(grant, operations.popFirst() ?? [])
            case .directive(.stop(let numbers, let batch, let attempt, let session)):
                send(.stop(batch: batch, operations: numbers, attempt: attempt), to: session)
            case .directive(.recall(let batch, let session)): send(.recall(batch: batch), to: session)
            case .directive(.publish(let event)): publish(event)
            case .answer(let request, let frames): send(frames, to: request)
            case .acknowledge(let session, let report): acknowledged[session, default: []].append(report)
            case .ask(let request, let question): ask(question, for: request)
            }
        }
        for (session, reports) in acknowledged { send(.acknowledge(reports: reports), to: session) }
    }

    private func ask(_ question: @escaping Question, for request: ClientRequest) {
        store.ask(question) { result in
            self.loop.execute {
                self.assumeIsolated { coordinator in
                    switch result {
                    case .success(let goOn): goOn(coordinator)
                    case .failure(let error): coordinator.refuse(request, WireError(error))
                    }
                }
            }
        }
    }

    private func setWakeTimer() {
        if let deadline = engine.nextDeadline() { timers?.wake.set(at: clock.instant(of: deadline)) }
    }

    // MARK: When the store refuses

    /// What could not be made durable has not happened: the engine begins anew from what is durable, and
    /// after a moment goes on. Workers send their reports again, clients are told.
    private func startOver(after error: StoreError, dropping effects: [Effect]) {
        log.error(
            "the store refused a commit; going on from what is durable", metadata: ["error": "\(error)"])
        metrics.refusedCommit()
        for effect in effects + pending.takeAll().effects {
            if case .answer(let request, _) = effect { refuse(request, WireError(error)) }
            if case .ask(let request, _) = effect { refuse(request, WireError(error)) }
        }
        do {
            try recover()
        } catch {
            log.critical("what is durable can't be read", metadata: ["error": "\(error)"])
            return finish(.failure(error))
        }
        let until = clock.now + .seconds(1)
        hold = Hold(until: until, reason: WireError(error))
        refusal = (WireError(error), clock.now)
        timers?.wake.set(at: clock.instant(of: until))
        finishIfStopping()
    }

    private func recover() throws {
        let now = clock.now
        engine = BatchEngine(
            recovering: try store.recover(), configuration: configuration.engine,
            seed: UInt64.random(in: .min ... .max), at: now)
        epoch = max(epoch + 1, now.microseconds)
        published = engine.revision
        for session in routes.keys { routes[session]?.grants = 0 }
    }

    /// The wait after a refused commit may be over: the engine goes on, and tells all its batches anew.
    func resumeIfHeld() {
        guard let hold, hold.until <= clock.now else { return }
        self.hold = nil
        goOnWithRetries()
        turn { engine, turn in engine.begin(in: &turn) }
    }

    // MARK: Retries as new batches

    /// A step of a retry is durable: the engine learns of it, and the next one follows.
    private func goOn(with copy: CopiedOperations) {
        turn { engine, turn in
            guard !copy.isSourceForgotten else {
                log.warning("a retry's source is forgotten", metadata: ["batch": "\(copy.copy.to)"])
                try? engine.cancel(copy.copy.to, known: nil, in: &turn)
                return
            }
            engine.copied(
                copy.copy, types: copy.types, digest: copy.digest, isLast: copy.next == nil, in: &turn)
            if let next = copy.next { turn.changes.append(.copyFailed(next)) }
        }
    }

    /// Retries that were being copied when the coordinator ended go on.
    func goOnWithRetries() {
        let limit = configuration.engine.operationsPerCopy
        store.ask { (store: StoreConnection) -> [RetryCopy] in
            try store.unfinishedRetries(limit: limit)
        } completion: { result in
            guard case .success(let copies) = result, !copies.isEmpty else { return }
            self.loop.execute {
                self.assumeIsolated { coordinator in
                    coordinator.turn { _, turn in turn.changes += copies.map(Change.copyFailed) }
                }
            }
        }
    }
}

extension WireError {
    init(_ error: StoreError) {
        self.init(.storage, "nothing was changed: \(error.description)")
    }
}

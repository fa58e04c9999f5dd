import BatchProgress

extension BatchEngine {
    /// A worker presents itself, with all that it holds: queued, running, or ended and not acknowledged.
    ///
    /// What it was granted and doesn't list was lost on the way, and is sent again under the same attempt.
    /// What it lists and isn't its own any more, it is told to stop, in that attempt alone: behind a cut link many
    /// presentations wait, and come together when it is mended. The first may bring the worker an operation anew that
    /// all the others list by the attempt that it lost.
    package mutating func ready(
        _ introduction: WorkerIntroduction, holding held: [HeldOperations], in turn: inout Turn
    ) {
        let session = introduction.session
        workers[session, default: Worker(introduction: nil, now: turn.now)].introduction = introduction
        renewLease(of: session, at: turn.now)
        for list in held {
            let stale = list.operations.filter {
                !isHeld($0, of: list.batch, by: session, attempt: list.attempt)
            }
            if !stale.isEmpty {
                turn.directives.append(
                    .stop(stale, of: list.batch, attempt: list.attempt, session: session))
            }
        }
        resendMissing(of: session, listed: held, in: &turn)
    }

    /// Any sign of life. False: the session is unknown, and has to say READY.
    package mutating func heard(from session: SessionID, capacity: Int?, at now: Timestamp) -> Bool {
        guard workers[session]?.introduction != nil else { return false }
        workers[session]?.lastHeard = now
        if let capacity { workers[session]?.introduction?.capacity = capacity }
        return true
    }

    /// Operations that the worker holds and hasn't started go to others: nobody's loss. Of an attempt that isn't the
    /// present one nothing is given back any more; nil stands for the present one.
    package mutating func release(
        _ operations: [Int], of batch: BatchID, attempt: Int? = nil, by session: SessionID,
        in turn: inout Turn
    ) {
        for number in operations {
            guard let operation = batches[batch]?.open[number], operation.holder == session,
                attempt == nil || operation.attempt == attempt
            else { continue }
            withdraw(number, of: batch, history: operation.history, in: &turn)
        }
        enqueueWaiting(of: batch)
    }

    /// The worker goes, after its last acknowledgement: what it still holds was not started.
    package mutating func goodbye(_ session: SessionID, in turn: inout Turn) {
        for (batch, operations) in (workers[session]?.held ?? [:]).sorted(by: { $0.key < $1.key }) {
            release(operations.sorted(), of: batch, by: session, in: &turn)
        }
        if let lane = workers[session]?.introduction?.lane { tellLane(lane, in: &turn) }
        workers[session] = nil
        timers.cancel(.lease(session))
    }

    /// A worker of one batch alone has gone: whoever waits for that is told at once where the batch stands.
    private func tellLane(_ lane: String, in turn: inout Turn) {
        for (id, batch) in batches where batch.record.request.lane == lane { turn.touch(id, urgent: true) }
    }

    /// The lease may be over: if the worker wasn't heard since, it is lost with all that it holds.
    mutating func leaseDue(_ session: SessionID, in turn: inout Turn) {
        guard let worker = workers[session] else { return }
        let deadline = worker.lastHeard + configuration.lease
        guard deadline <= turn.now else {
            timers.set(.lease(session), at: deadline)
            return
        }
        for (batch, operations) in worker.held.sorted(by: { $0.key < $1.key }) {
            for number in operations.sorted() { lose(number, of: batch, in: &turn) }
            enqueueWaiting(of: batch)
        }
        workers[session] = nil
    }

    /// The coordinator itself was stopped, and could hear nobody: what it holds against anyone begins anew.
    package mutating func wasAway(until now: Timestamp) {
        for session in workers.keys { renewLease(of: session, at: now) }
        for (id, batch) in batches {
            if batch.isGrantable { attend(id, at: now) }
            if !batch.record.sealed { batches[id]?.lastTouched = now }
            if batch.record.cancelling { timers.set(.cancelGrace(id), at: now + configuration.cancelGrace) }
        }
    }

    mutating func renewLease(of session: SessionID, at now: Timestamp) {
        workers[session]?.lastHeard = now
        timers.set(.lease(session), at: now + configuration.lease)
    }

    private func isHeld(_ number: Int, of batch: BatchID, by session: SessionID, attempt: Int) -> Bool {
        guard let operation = batches[batch]?.open[number] else { return false }
        return operation.holder == session && operation.attempt == attempt
    }

    private mutating func resendMissing(
        of session: SessionID, listed: [HeldOperations], in turn: inout Turn
    ) {
        var known: [BatchID: Set<Int>] = [:]
        for list in listed {
            // An older attempt that is still unacknowledged doesn't stand for the one that was lost.
            let own = list.operations.filter {
                isHeld($0, of: list.batch, by: session, attempt: list.attempt)
            }
            known[list.batch, default: []].formUnion(own)
        }
        for (id, operations) in (workers[session]?.held ?? [:]).sorted(by: { $0.key < $1.key }) {
            let missing = operations.subtracting(known[id] ?? []).sorted()
            for grant in currentGrants(of: missing, batch: id, session: session) {
                turn.directives.append(.grant(grant))
            }
            // Lost was what it gave back, or the request to.
            if batches[id]?.record.paused == true { turn.directives.append(.recall(id, session: session)) }
        }
    }

    /// The grants by which the session holds these operations, each with no others.
    private func currentGrants(of operations: [Int], batch id: BatchID, session: SessionID) -> [Grant] {
        guard let batch = batches[id] else { return [] }
        var grants: [GrantID: Grant] = [:]
        for number in operations {
            guard let operation = batch.open[number], let grant = operation.grants.last else { continue }
            let empty = Grant(
                id: grant, session: session, batch: id, type: batch.types[operation.type],
                attempt: operation.attempt, retriesFailures: batch.retriesFailure(of: number), operations: [])
            grants[grant, default: empty].operations.append(number)
        }
        return grants.values.sorted { $0.id < $1.id }
    }
}

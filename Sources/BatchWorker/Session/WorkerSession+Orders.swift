import BatchProgress
import BatchProtocol

extension WorkerSession {
    /// The first thing a session says.
    package mutating func begin(at now: Timestamp) -> [Action] {
        [sayReady(at: now)]
    }

    /// Something came from the coordinator.
    package mutating func receive(_ order: WorkerOrder, at now: Timestamp) -> [Action] {
        lastHeard = now
        var actions: [Action] = []
        if isLost {
            isLost = false
            actions += [.foundCoordinator, sayReady(at: now)]
        }
        switch order {
        case .welcome(let epoch, _, let grants):
            grantSequence = grants
            if settlement == .listed { settlement = .settled }
            actions += welcomed(epoch, at: now)
        case .heartbeat(let epoch, let grants):
            if epoch != self.epoch || grants != grantSequence { actions.append(sayReady(at: now)) }
        case .unknownSession:
            if !saidGoodbye { actions.append(sayReady(at: now)) }
        case .grant(let grant, let data):
            if grant.sequence &- 1 > grantSequence {
                // This READY may be lost as well, and the grants after this one follow on: nothing else would show it.
                settlement = .unsettled
                actions.append(sayReady(at: now))
            }
            grantSequence = max(grantSequence, grant.sequence)
            actions += granted(grant, data, at: now)
        case .stop(let batch, let operations, let attempt):
            let operations = Set(operations)
            actions += stop(at: now) { key in
                key.batch == batch && operations.contains(key.operation)
                    && key.attempt == attempt ?? key.attempt
            }
        case .recall(let batch):
            // What was only announced had a slot.
            actions += release(where: { $0.batch == batch }, at: now) + fillSlots(at: now)
        case .acknowledge(let reports):
            actions += acknowledged(reports, at: now)
        case .error:
            // The shell logs it: a message of ours was not understood, and sending it again won't help.
            break
        }
        return actions
    }

    /// All that it holds: queued, running, or ended and not acknowledged.
    var held: [HeldOperations] {
        let here = (queue.all.map(\.key) + running.keys).map(HeldOperations.init)
        let reported = outbox.values.map(\.message).map { message in
            HeldOperations(
                batch: message.batch, attempt: message.attempt,
                operations: (message.completed ?? []) + (message.ended ?? []).map(\.operation))
        }
        return (here + reported + gathered.held).merged
    }

    mutating func sayReady(at now: Timestamp) -> Action {
        lastSent = now
        toldCapacity = capacity
        if settlement == .unsettled { settlement = .listed }
        let ready = WorkerMessage.Ready(
            worker: introduction.name, types: introduction.types, lane: introduction.lane,
            slots: introduction.slots, capacity: toldCapacity, holds: held)
        return .send(WorkerMessage(session: session, .ready(ready)))
    }

    var capacity: Int { isDraining ? 0 : pace.capacity(slots: introduction.slots) }

    /// What was reported and not acknowledged may have been lost with the former epoch.
    private mutating func welcomed(_ epoch: Int64, at now: Timestamp) -> [Action] {
        defer { self.epoch = epoch }
        guard epoch != self.epoch else { return [] }
        return resendReports(at: now) { _ in true }
    }

    private mutating func granted(
        _ grant: WorkerOrder.GrantHeader, _ data: [[UInt8]], at now: Timestamp
    ) -> [Action] {
        var known = knownOperations(of: grant.batch, attempt: grant.attempt)
        var refused: [OperationKey] = []
        // One that is named twice would otherwise run twice at once.
        for (operation, bytes) in zip(grant.operations, data) where known.insert(operation).inserted {
            let key = OperationKey(batch: grant.batch, operation: operation, attempt: grant.attempt)
            guard givenBack[key] == nil else {
                refused.append(key)
                continue
            }
            queue.append(
                QueuedOperation(
                    key: key, type: grant.type, data: bytes, retriesFailures: grant.retriesFailures == true))
        }
        // If they are still taken to be here, the first time was lost.
        let again = giveBack(refused, at: now)
        return again + (isDraining ? release(where: { _ in true }, at: now) : fillSlots(at: now))
    }

    /// A grant that is sent again names operations that are here already.
    private func knownOperations(of batch: BatchID, attempt: Int) -> Set<Int> {
        Set(held.lazy.filter { $0.batch == batch && $0.attempt == attempt }.flatMap(\.operations))
    }

    private mutating func stop(at now: Timestamp, where matches: (OperationKey) -> Bool) -> [Action] {
        var actions: [Action] = []
        let affected = running.filter { matches($0.key) }
        for (key, operation) in affected.sorted(by: { $0.key < $1.key }) {
            if operation.isOnlyAnnounced {
                running[key] = nil
                gather(key, OperationOutcome(kind: .cancelled), at: now)
            } else {
                actions.append(.stop(key))
            }
        }
        let dropped = queue.remove(where: matches)
        for item in dropped { gather(item.key, OperationOutcome(kind: .cancelled), at: now) }
        return actions + fillSlots(at: now) + flushIfFull(at: now)
    }

    /// Gives back what has not been started and matches: the start that was announced doesn't take place.
    mutating func release(where matches: (OperationKey) -> Bool, at now: Timestamp) -> [Action] {
        let announced = running.filter { $0.value.isOnlyAnnounced && matches($0.key) }.keys.sorted()
        for key in announced { running[key] = nil }
        return giveBack(announced + queue.remove(where: matches).map(\.key), at: now)
    }

    private mutating func giveBack(_ keys: [OperationKey], at now: Timestamp) -> [Action] {
        guard !keys.isEmpty else { return [] }
        settlement = .unsettled
        givenBack = givenBack.filter { now - $0.value < configuration.remembersReleases }
        for key in keys { givenBack[key] = now }
        return keys.map(HeldOperations.init).merged.map { list in
            let release = WorkerMessage.Release(
                batch: list.batch, attempt: list.attempt, operations: list.operations)
            return .send(WorkerMessage(session: session, .release(release)))
        }
    }
}

extension HeldOperations {
    fileprivate init(_ key: OperationKey) {
        self.init(batch: key.batch, attempt: key.attempt, operations: [key.operation])
    }
}

extension [HeldOperations] {
    /// One list for each attempt of a batch, in order.
    fileprivate var merged: [HeldOperations] {
        var lists: [BatchID: [Int: [Int]]] = [:]
        for list in self { lists[list.batch, default: [:]][list.attempt, default: []] += list.operations }
        return lists.sorted { $0.key < $1.key }.flatMap { batch, attempts in
            attempts.sorted { $0.key < $1.key }.map {
                HeldOperations(batch: batch, attempt: $0.key, operations: $0.value.sorted())
            }
        }
    }
}

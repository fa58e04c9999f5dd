import BatchProgress
import DequeModule

extension BatchEngine {
    /// Gives workers with room what waits, batch by batch in turn.
    mutating func handOut(in turn: inout Turn) {
        guard !queues.isEmpty else { return }
        var hungry = workers.filter { $0.value.freeCapacity > 0 }.keys.sorted {
            $0.description < $1.description
        }
        // Whoever was first in the last turn isn't always first in this one.
        if hungry.count > 1 { hungry.shuffle(using: &random) }
        while !hungry.isEmpty, !queues.isEmpty {
            hungry = hungry.filter { handOutOnce(to: $0, in: &turn) }
        }
    }

    /// One grant to the worker. False: it has no room left, or nothing waits for it.
    private mutating func handOutOnce(to session: SessionID, in turn: inout Turn) -> Bool {
        guard let worker = workers[session], let introduction = worker.introduction, worker.freeCapacity > 0
        else { return false }
        for type in introduction.types.shuffled(using: &random) {
            let key = QueueKey(lane: introduction.lane, type: type)
            guard let (id, index) = nextBatch(in: key) else { continue }
            let limit = share(of: worker, batch: id, type: index)
            let taken =
                batches[id]?.take(type: index, limit: limit) ?? (
                    operations: [], attempt: 1, retriesFailures: false
                )
            requeue(id, type: index, key: key, progressed: !taken.operations.isEmpty)
            guard !taken.operations.isEmpty else { continue }
            grant(taken, type: index, of: id, to: session, in: &turn)
            return true
        }
        return false
    }

    /// How many operations at once: at least what idles, at most what leaves as much to the others.
    private func share(of worker: Worker, batch: BatchID, type: Int) -> Int {
        let waiting = batches[batch]?.waiting[type].count ?? 0
        let fair = max(1, waiting / (2 * max(1, workers.count)))
        return min(worker.freeCapacity, configuration.operationsPerGrant, max(worker.idleSlots, fair))
    }

    private mutating func grant(
        _ taken: (operations: [Int], attempt: Int, retriesFailures: Bool), type: Int, of id: BatchID,
        to session: SessionID, in turn: inout Turn
    ) {
        let operations = taken.operations
        let grantID = nextGrant
        nextGrant += 1
        grants[grantID] = OpenGrant(session: session, remaining: operations.count)
        workers[session]?.hold(operations, of: id)
        for number in operations {
            batches[id]?.hold(number, type: type, grant: grantID, holder: session)
        }
        let typeName = batches[id]?.types[type] ?? ""
        let grant = Grant(
            id: grantID, session: session, batch: id, type: typeName, attempt: taken.attempt,
            retriesFailures: taken.retriesFailures, operations: operations)
        turn.changes.append(.granted(grant))
        turn.directives.append(.grant(grant))
    }

    /// The batch whose turn it is; it stays out of the queue until `requeue`.
    ///
    /// Of the next few it is the one of which workers hold least, so that a batch of short operations isn't held
    /// up by one of long ones: they share workers' time, and not only take turns.
    private mutating func nextBatch(in key: QueueKey) -> (BatchID, Int)? {
        while let place = nextPlace(in: key), let id = queues[key]?.remove(at: place) {
            guard let index = batches[id]?.types.firstIndex(of: key.type) else { continue }
            batches[id]?.queuedTypes.remove(index)
            if batches[id]?.isGrantable == true, batches[id]?.waiting[index].isEmpty == false {
                return (id, index)
            }
        }
        queues[key] = nil
        return nil
    }

    private func nextPlace(in key: QueueKey) -> Int? {
        guard let queue = queues[key] else { return nil }
        return queue.indices.prefix(configuration.batchesCompared).min {
            (batches[queue[$0]]?.heldCount ?? 0) < (batches[queue[$1]]?.heldCount ?? 0)
        }
    }

    private mutating func requeue(_ id: BatchID, type: Int, key: QueueKey, progressed: Bool) {
        if progressed, batches[id]?.waiting[type].isEmpty == false {
            queues[key, default: []].append(id)
            batches[id]?.queuedTypes.insert(type)
        } else if queues[key]?.isEmpty == true {
            queues[key] = nil
        }
    }

    /// Puts the batch into the queue of each type of which something waits.
    mutating func enqueueWaiting(of id: BatchID) {
        guard let batch = batches[id], batch.isGrantable else { return }
        for (index, type) in batch.types.enumerated()
        where !batch.waiting[index].isEmpty && !batch.queuedTypes.contains(index) {
            queues[QueueKey(lane: batch.record.request.lane, type: type), default: []].append(id)
            batches[id]?.queuedTypes.insert(index)
        }
    }

    mutating func dequeue(_ id: BatchID, from key: QueueKey) {
        queues[key]?.removeAll { $0 == id }
        if queues[key]?.isEmpty == true { queues[key] = nil }
    }
}

extension ActiveBatch {
    mutating func hold(_ number: Int, type: Int, grant: GrantID, holder: SessionID) {
        if open[number] != nil { withdrawn[type] -= 1 }
        open[number, default: OpenOperation(type: type)].grants.append(grant)
        open[number]?.holder = holder
    }
}

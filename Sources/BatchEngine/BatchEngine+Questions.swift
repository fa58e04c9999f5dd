import BatchProgress

extension BatchEngine {
    /// The newest events of all batches that have not ended, by id.
    package var activeEvents: [BatchProgressEvent] {
        batches.values.map(\.lastEvent).sorted { $0.batchId < $1.batchId }
    }

    /// Whether something could still move: a paused batch waits for somebody instead.
    package var hasWork: Bool {
        batches.values.contains { !$0.record.paused || $0.heldCount > 0 }
    }

    /// Whether the session was heard from within its lease.
    package func knows(_ session: SessionID) -> Bool { workers[session] != nil }

    /// Whether a worker is heard from, or held something before a restart.
    package var hasWorkers: Bool { !workers.isEmpty }

    /// How much there is to do, and who is there to do it.
    package struct Load: Hashable, Sendable {
        /// How many have each status.
        package var batches: [BatchStatus: Int] = [:]
        /// Operations that have not ended and that nobody holds.
        package var waiting = 0
        /// Operations that workers hold.
        package var granted = 0
        package var workers = 0
        /// Operations that those can run at once.
        package var slots = 0
    }

    package var load: Load {
        var load = Load()
        for batch in batches.values {
            load.batches[batch.record.status, default: 0] += 1
            load.granted += batch.heldCount
            load.waiting += batch.record.total - batch.record.finished - batch.heldCount
        }
        for introduction in workers.values.compactMap(\.introduction) {
            load.workers += 1
            load.slots += introduction.slots
        }
        return load
    }

    /// Where an operation of an active batch is: `running`, `granted` or `waiting`; nil if it isn't open.
    package func state(of operation: Int, of id: BatchID) -> String? {
        guard let batch = batches[id], 0..<batch.record.total ~= operation else { return nil }
        if let open = batch.open[operation], open.holder != nil {
            return open.startedAt == nil ? "granted" : "running"
        }
        return batch.isWaiting(operation) || batch.open[operation] != nil ? "waiting" : nil
    }

    package var batchCount: Int { batches.count }

    package func record(of id: BatchID) -> BatchRecord? { batches[id]?.record }

    /// How the batch stands now, which may be more than its newest event told.
    package func present(_ id: BatchID) -> BatchProgressEvent? { batches[id]?.present }

    /// Types of which operations wait though no worker takes them.
    package func typesWithoutWorker(of id: BatchID) -> [String] {
        guard let batch = batches[id] else { return [] }
        let lane = batch.record.request.lane
        let present = workers.values.compactMap(\.introduction).filter { $0.lane == lane }
        return batch.types.enumerated()
            .filter { index, type in
                !batch.waiting[index].isEmpty && !present.contains { $0.types.contains(type) }
            }
            .map(\.element).sorted()
    }

    /// The lowest number of an operation that has not ended; nil when all that were added so far have.
    package func firstOpenOperation(of id: BatchID) -> Int? { batches[id]?.firstOpen }

    /// Operations that run now, by batch and number, of one batch or of all; at most `limit`.
    package func activeOperations(of id: BatchID?, limit: Int) -> [ActiveOperation] {
        var found: [ActiveOperation] = []
        for (id, batch) in batches.sorted(by: { $0.key < $1.key }) where [id, nil].contains(id) {
            for (number, operation) in batch.open.sorted(by: { $0.key < $1.key }) {
                guard let startedAt = operation.startedAt, let holder = operation.holder else { continue }
                guard found.count < limit else { return found }
                found.append(
                    ActiveOperation(
                        batchId: id, operation: number, label: operation.label, worker: name(of: holder),
                        attempt: operation.attempt, startedAt: startedAt, progress: operation.share,
                        message: operation.message))
            }
        }
        return found
    }

    /// Workers that are heard from, by name.
    package var activeWorkers: [ActiveWorker] {
        workers.compactMap { session, worker in
            guard let introduction = worker.introduction else { return nil }
            return ActiveWorker(
                name: introduction.name, session: session.description, types: introduction.types,
                lane: introduction.lane, slots: introduction.slots, running: runningCount(of: worker),
                held: worker.heldCount, lastHeardAt: worker.lastHeard)
        }
        .sorted { ($0.name, $0.session) < ($1.name, $1.session) }
    }

    private func runningCount(of worker: Worker) -> Int {
        worker.held.reduce(0) { sum, held in
            sum + held.value.count { batches[held.key]?.open[$0]?.startedAt != nil }
        }
    }

    /// Labels of operations that were handed out, as the store knows them.
    package mutating func learn(labels: [Int: String], of id: BatchID) {
        for (number, label) in labels { batches[id]?.open[number]?.label = label }
    }

    func name(of session: SessionID) -> String {
        workers[session]?.introduction?.name ?? session.description
    }
}

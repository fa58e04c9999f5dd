import AccessControl
import BatchProgress
import BatchProtocol
import ZeroMQ

extension BatchConnection {
    /// Who answers, and since when it is there.
    package func introduction() async throws -> HelloAnswer { try await ask(.hello) }

    /// Whether nothing was heard from the coordinator for a while.
    package var isLost: Bool { mirror.isLost }

    /// Why the coordinator can't be worked with now, in words that a person reads; nil if it can.
    package var lack: String? {
        guard isLost else { return nil }
        return incompatibility ?? "no coordinator answers at \(address)"
    }

    // MARK: Batches

    /// A batch by its id, whether or not there is one.
    public nonisolated func batch(_ id: BatchID) -> BatchHandle {
        BatchHandle(id: id, connection: self)
    }

    /// Batches that have not ended, the newest first.
    public func activeBatches() async throws -> [BatchDetail] {
        let answer: ListAnswer = try await ask(.list(ListRequest(ended: nil)))
        return answer.batches
    }

    /// Batches that have not ended, and those that ended last; at most 1,000.
    public func recentBatches() async throws -> [BatchDetail] {
        let answer: ListAnswer = try await ask(.list(ListRequest(ended: true)))
        return answer.batches
    }

    /// Operations that run now; at most 1,000.
    public func activeOperations(of batch: BatchID? = nil) async throws -> [ActiveOperation] {
        let answer: OperationsAnswer = try await ask(.operations(OptionalBatchReference(batch: batch)))
        return answer.operations
    }

    /// Workers that the coordinator hears from.
    public func activeWorkers() async throws -> [ActiveWorker] {
        let answer: WorkersAnswer = try await ask(.workers)
        return answer.workers
    }

    /// What happens to all batches, from their present states on.
    public nonisolated var updates: BatchUpdates {
        BatchUpdates { await self.makeQueueOfAll() }
    }

    private func makeQueueOfAll() -> UpdateQueue {
        let queue = addQueue(for: nil)
        for event in mirror.batches.values.sorted(by: { $0.batchId < $1.batchId }) {
            queue.put(.event(event))
        }
        if mirror.isLost { queue.put(.lost) }
        return queue
    }

    /// The present state is asked for only after the subscription, so that nothing falls in between. The mirror's
    /// would be as old as the newest event.
    func makeQueue(of batch: BatchID) async throws -> UpdateQueue {
        let queue = addQueue(for: batch)
        queue.put(.event(try await status(of: batch).event))
        return queue
    }

    func status(of batch: BatchID) async throws -> BatchDetail {
        try await ask(.status(BatchReference(batch: batch)))
    }

    // MARK: Changes

    /// Who is asking, as the coordinator lets us say it.
    nonisolated func claim(_ actor: String?) -> String? {
        keys.map { $0.name.claim(actor) } ?? actor
    }

    func change(_ verb: ControlRequest.Verb) async throws {
        let _: NoBody = try await ask(verb)
    }

    func seal(_ batch: BatchID, total: Int) async throws {
        let _: OpenAnswer = try await ask(.seal(SealRequest(batch: batch, total: total, digest: nil)))
    }

    func retry(_ retry: RetryRequest) async throws {
        var retry = retry
        retry.actor = claim(retry.actor)
        let _: OpenAnswer = try await ask(.retry(retry))
    }

    /// Without operations yet. Waits for a coordinator that is away.
    func open(_ batch: BatchRequest) async throws -> OpenAnswer {
        var batch = batch
        batch.actor = claim(batch.actor)
        return try await ask(.open(batch), timeout: nil)
    }

    /// While this connection is there, the batch goes on; without it, it is paused.
    package func attend(_ batch: BatchID) {
        attended.insert(batch)
        nextAttendance = clock.now
        setTimer()
    }

    package func leave(_ batch: BatchID) {
        attended.remove(batch)
    }

    // MARK: What operations left

    func failures(of batch: BatchID, after: Int?, limit: Int) async throws -> [BatchFailure] {
        let answer: FailuresAnswer = try await ask(
            .failures(FailuresRequest(batch: batch, after: after, limit: limit)))
        return answer.failures
    }

    func log(of batch: BatchID, _ operation: Int) async throws -> OperationLog {
        let (answer, frames): (LogsAnswer, [Frame]) = try await askWithFrames(
            .logs(OperationReference(batch: batch, operation: operation)))
        return OperationLog(answer, frames)
    }
}

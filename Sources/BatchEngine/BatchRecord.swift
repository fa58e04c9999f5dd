import BatchProgress

/// All that must survive of a batch, but its operations.
package struct BatchRecord: Hashable, Sendable {
    package var request: BatchRequest
    package var status: BatchStatus
    package var retryOf: BatchID?
    /// Of a retry: only what was lost with its worker is tried again.
    package var retriesLostOnly: Bool
    package var total = 0
    package var completed = 0
    package var failed = 0
    /// How many of those that failed were lost with their worker.
    package var lost = 0
    package var cancelled = 0
    package var retried = 0
    /// Over all operations so far, in order: see `OperationDigest`.
    package var digest = OperationDigest()
    /// No more operations will be added.
    package var sealed = false
    package var paused = false
    package var cancelling = false
    package var createdAt: Timestamp
    package var startedAt: Timestamp?
    package var updatedAt: Timestamp
    package var endedAt: Timestamp?
    /// Of its newest event.
    package var revision: Int64 = 0
    /// The last few failures, the newest last.
    package var errors: [BatchFailure] = []

    package init(
        request: BatchRequest, retryOf: BatchID? = nil, retriesLostOnly: Bool = false, createdAt: Timestamp
    ) {
        self.request = request
        self.retryOf = retryOf
        self.retriesLostOnly = retriesLostOnly
        self.createdAt = createdAt
        updatedAt = createdAt
        status = .pending
    }

    package var finished: Int { completed + failed + cancelled }
    package var isEnded: Bool { status.isEnd }

    /// The state as its newest event told it, as far as it survives: the rate and the share of what runs don't. Of a
    /// batch that has ended all does.
    package var event: BatchProgressEvent {
        BatchProgressEvent(
            batchId: request.id, totalOperations: total, completedOperations: completed,
            failedOperations: failed, status: status, errors: errors.isEmpty ? nil : errors,
            revision: revision, label: request.label, cancelledOperations: cancelled,
            retriedOperations: retried, progress: total == 0 ? 0 : Double(finished) / Double(total),
            operationsPerSecond: isEnded ? meanRate : nil, startedAt: startedAt, updatedAt: updatedAt,
            cancelling: cancelling && !isEnded ? true : nil)
    }

    /// From the first start to the newest event.
    private var meanRate: Double? {
        guard let startedAt, updatedAt > startedAt else { return nil }
        return Double(completed + failed) / (updatedAt - startedAt).inSeconds
    }
}

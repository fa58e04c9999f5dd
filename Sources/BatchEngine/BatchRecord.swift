import BatchProgress

/// What whoever submits a batch asks for.
package struct BatchRequest: Hashable, Sendable {
    /// What becomes of operations whose worker was lost.
    package enum LossPolicy: String, Codable, Sendable {
        /// They go to others, up to the limit of losses.
        case retry
        /// They fail as "worker lost", since they may have run: at most once.
        case fail
    }

    package var id: BatchID
    package var label: String?
    /// Who asked, and through which interface: shown, never used to decide.
    package var actor: String?
    package var interface: String?
    /// Only workers of the same lane are given its operations; nil is the fleet's.
    package var lane: String?
    /// How often an operation that was reported as failed is tried again.
    package var retries: Int
    package var onLost: LossPolicy
    /// Whether somebody has to be there: left alone, the batch is paused.
    package var attended: Bool

    package init(
        id: BatchID, label: String? = nil, actor: String? = nil, interface: String? = nil,
        lane: String? = nil,
        retries: Int = 0, onLost: LossPolicy = .retry, attended: Bool = false
    ) {
        self.id = id
        self.label = label
        self.actor = actor
        self.interface = interface
        self.lane = lane
        self.retries = retries
        self.onLost = onLost
        self.attended = attended
    }
}

/// All that must survive of a batch, but its operations.
package struct BatchRecord: Hashable, Sendable {
    package var request: BatchRequest
    package var status: BatchStatus
    package var retryOf: BatchID?
    package var total = 0
    package var completed = 0
    package var failed = 0
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

    package init(request: BatchRequest, retryOf: BatchID? = nil, createdAt: Timestamp) {
        self.request = request
        self.retryOf = retryOf
        self.createdAt = createdAt
        updatedAt = createdAt
        status = .pending
    }

    package var finished: Int { completed + failed + cancelled }
    package var isEnded: Bool { status.isEnd }

    /// The state as its newest event told it, as far as it survives: rates and shares don't.
    package var event: BatchProgressEvent {
        BatchProgressEvent(
            batchId: request.id, totalOperations: total, completedOperations: completed,
            failedOperations: failed, status: status, errors: errors.isEmpty ? nil : errors,
            revision: revision, label: request.label, cancelledOperations: cancelled,
            retriedOperations: retried, progress: total == 0 ? 0 : Double(finished) / Double(total),
            startedAt: startedAt, updatedAt: updatedAt, cancelling: cancelling && !isEnded ? true : nil)
    }
}

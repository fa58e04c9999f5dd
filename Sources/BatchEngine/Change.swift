import BatchProgress

/// Something that has to be durable before anybody is told of it.
package enum Change: Sendable {
    /// The batch's record as it now is.
    case batch(BatchRecord)
    case operations(OperationChunk, of: BatchID)
    /// Failed operations of another batch are appended to this one, in their order; see `RetryCopy`.
    case copyFailed(RetryCopy)
    case granted(Grant)
    /// All operations of the grant have ended: it need not be known any more.
    case grantClosed(GrantID)
    case ended(EndedOperations, of: BatchID)
    /// What an operation that is still open has been through.
    case history(OperationHistory, operation: Int, of: BatchID)
    /// Revisions up to this one may be given out.
    case revisionsReserved(upTo: Int64)
}

/// Operations added in one piece, with the numbers from `first` on.
package struct OperationChunk: Sendable {
    package var first: Int
    package var operations: [BatchOperation]
    /// Over all the batch's operations up to and including these.
    package var digest: OperationDigest

    package init(first: Int, operations: [BatchOperation], digest: OperationDigest) {
        self.first = first
        self.operations = operations
        self.digest = digest
    }
}

/// One step of making a batch of another's failed operations.
package struct RetryCopy: Hashable, Sendable {
    package var from: BatchID
    package var to: BatchID
    /// Copies failed operations with numbers above this one; nil begins.
    package var after: Int?
    /// At most this many in this step.
    package var limit: Int
    /// The number that the first copied operation gets.
    package var first: Int
    /// Only of those that were lost with their worker.
    package var lostOnly: Bool

    package init(
        from: BatchID, to: BatchID, after: Int?, limit: Int, first: Int, lostOnly: Bool = false
    ) {
        self.from = from
        self.to = to
        self.lostOnly = lostOnly
        self.after = after
        self.limit = limit
        self.first = first
    }
}

package typealias GrantID = Int64

/// Operations handed to one worker's session.
package struct Grant: Hashable, Sendable {
    package var id: GrantID
    package var session: SessionID
    package var batch: BatchID
    package var type: String
    /// From 1; the same for all of the grant.
    package var attempt: Int
    /// Whether those that fail are tried again; the same for all of the grant.
    package var retriesFailures: Bool
    package var operations: [Int]

    package init(
        id: GrantID, session: SessionID, batch: BatchID, type: String, attempt: Int,
        retriesFailures: Bool = false, operations: [Int]
    ) {
        self.id = id
        self.session = session
        self.batch = batch
        self.type = type
        self.attempt = attempt
        self.retriesFailures = retriesFailures
        self.operations = operations
    }
}

/// A run of operations that ended in the same way at the same time.
package struct EndedOperations: Hashable, Sendable {
    package var operations: Range<Int>
    package var outcome: OperationOutcome
    package var attempt: Int
    package var worker: String?
    package var at: Timestamp

    package init(
        operations: Range<Int>, outcome: OperationOutcome, attempt: Int, worker: String?, at: Timestamp
    ) {
        self.operations = operations
        self.outcome = outcome
        self.attempt = attempt
        self.worker = worker
        self.at = at
    }
}

package struct OperationHistory: Hashable, Sendable {
    /// Failures reported by workers.
    package var failures = 0
    /// Workers lost while it ran.
    package var losses = 0
    /// Of its attempts, how many are over: whoever had them doesn't hold it any more.
    package var withdrawnAttempts = 0
    /// Not handed out again before this moment.
    package var notBefore: Timestamp?

    package init(failures: Int = 0, losses: Int = 0, withdrawnAttempts: Int = 0, notBefore: Timestamp? = nil)
    {
        self.failures = failures
        self.losses = losses
        self.withdrawnAttempts = withdrawnAttempts
        self.notBefore = notBefore
    }
}

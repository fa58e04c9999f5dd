import BatchProgress

/// What a worker says about operations of one batch that it was granted in one attempt.
package struct OperationReport: Hashable, Sendable {
    package struct Ended: Hashable, Sendable {
        package var operation: Int
        package var outcome: OperationOutcome

        package init(operation: Int, outcome: OperationOutcome) {
            self.operation = operation
            self.outcome = outcome
        }
    }

    package var session: SessionID
    package var batch: BatchID
    package var attempt: Int
    package var started: [Int]
    package var shares: [OperationShare]
    /// Ended well, with nothing more to say of them.
    package var completed: [Int]
    package var ended: [Ended]

    package init(
        session: SessionID, batch: BatchID, attempt: Int, started: [Int] = [], shares: [OperationShare] = [],
        completed: [Int] = [], ended: [Ended] = []
    ) {
        self.session = session
        self.batch = batch
        self.attempt = attempt
        self.started = started
        self.shares = shares
        self.completed = completed
        self.ended = ended
    }
}

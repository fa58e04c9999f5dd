import BatchProgress

/// What the shell is to do, once the changes of this turn and of all before it are durable.
package enum Directive: Sendable {
    /// Send the operations, with their data, to the session.
    case grant(Grant)
    /// Tell the session to end these and report them as cancelled, or to forget them; nil: whatever the attempt.
    case stop([Int], of: BatchID, attempt: Int?, session: SessionID)
    /// Ask the session to give back what it holds of the batch and hasn't started.
    case recall(BatchID, session: SessionID)
    case publish(BatchProgressEvent)
}

/// The name a worker gives to one run of itself: random, so that nobody else has it.
package struct SessionID: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// 1 to 64 characters of the kind a `BatchID` has.
    package init?(_ text: String) {
        guard BatchID(text) != nil else { return nil }
        description = text
    }
}

/// One turn of the engine: when it is, and what came of it so far.
package struct Turn: Sendable {
    package let now: Timestamp
    package var changes: [Change] = []
    package var directives: [Directive] = []
    /// Batches whose record changed in this turn, and whether it must be told at once.
    var touched: [BatchID: Bool] = [:]
    /// Batches whose gathered event leaves in this turn, unless another one does that tells more.
    var due: [BatchID] = []

    package init(now: Timestamp) {
        self.now = now
    }

    /// The batch changed; `urgent`: its event doesn't wait for the limiter.
    mutating func touch(_ id: BatchID, urgent: Bool = false) {
        touched[id, default: false] = touched[id, default: false] || urgent
    }
}

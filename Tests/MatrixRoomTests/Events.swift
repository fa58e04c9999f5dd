import BatchProgress
import MatrixRoom

extension BatchID {
    init(known text: String) {
        guard let id = BatchID(text) else { preconditionFailure("\(text) is no id") }
        self = id
    }
}

extension MatrixUserID {
    static let alice = known("@alice:example.org")
    static let bob = known("@bob:example.org")

    static func known(_ text: String) -> MatrixUserID {
        guard let user = MatrixUserID(text) else { preconditionFailure("\(text) is no user") }
        return user
    }
}

extension Timestamp {
    /// Seconds since the tests' beginning of time.
    static func at(_ seconds: Double) -> Timestamp {
        Timestamp(microseconds: 1_700_000_000_000_000) + .seconds(seconds)
    }
}

/// A batch that started at 0 and was heard of `at` seconds later.
func event(
    _ id: String = "k3x9", _ status: BatchStatus = .processing, label: String? = "thumbnails",
    done: Int = 0, failed: Int = 0, cancelled: Int = 0, of total: Int = 100, at seconds: Double = 10,
    startedAt start: Double? = 0, revision: Int64 = 1, errors: [BatchFailure]? = nil,
    current: String? = nil, rate: Double? = nil, left: Double? = nil, cancelling: Bool? = nil
) -> BatchProgressEvent {
    BatchProgressEvent(
        batchId: BatchID(known: id), totalOperations: total, completedOperations: done,
        failedOperations: failed,
        currentOperation: current, status: status, errors: errors, revision: revision, label: label,
        cancelledOperations: cancelled, progress: Double(done + failed + cancelled) / Double(max(1, total)),
        operationsPerSecond: rate, estimatedSecondsRemaining: left, startedAt: start.map { .at($0) },
        updatedAt: .at(seconds), cancelling: cancelling)
}

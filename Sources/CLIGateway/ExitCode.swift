import BatchProgress

/// What the commands exit with; docs/command-line.md lists them.
package enum ExitCode: Int32, Error, Sendable {
    case allCompleted = 0
    case someFailed = 1
    case usage = 2
    case cancelled = 3
    case noCoordinator = 4
    /// Of a worker that a run started, for that run alone: the coordinator doesn't let it in (`EX_NOPERM`).
    case workerRefused = 77
    case interrupted = 130
    case outputClosed = 141
    case terminated = 143

    /// The code of a batch that has ended.
    package init(_ status: BatchStatus) {
        switch status {
        case .completed: self = .allCompleted
        case .cancelled: self = .cancelled
        case .failed, .pending, .processing, .paused: self = .someFailed
        }
    }
}

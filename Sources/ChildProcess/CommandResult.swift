package struct CommandResult: Sendable {
    package enum Ending: Hashable, Sendable {
        case exited(code: Int32)
        /// Killed by this signal, and not by this room.
        case signalled(Int32)
        case timedOut(after: Duration)
        /// The task was cancelled or everything was killed; the command may not have started.
        case cancelled
        case couldNotStart(StartFailure)
        /// It ended, but another part of this process waited for it and took its status.
        case lost
    }

    package var ending: Ending
    package var startedAt: ContinuousClock.Instant
    package var elapsed: Duration
    /// Processor time of the command and of those descendants it waited for.
    package var userTime: Duration
    package var systemTime: Duration
    package var standardOutput: CapturedOutput
    package var standardError: CapturedOutput
}

extension CommandResult {
    /// What never ran has no times and no output.
    init(notStarted ending: Ending) {
        self.init(
            ending: ending, startedAt: .now, elapsed: .zero, userTime: .zero, systemTime: .zero,
            standardOutput: .empty, standardError: .empty)
    }
}

/// The rules of how one running command is ended. Knows no process and no clock: it is told what
/// happened and when, and answers with what to do.
struct CommandLifecycle {
    typealias Instant = ContinuousClock.Instant

    enum Directive: Equatable {
        case wait
        /// SIGTERM to the group.
        case terminate
        /// SIGKILL to the group.
        case kill
        /// Sweep the group with SIGKILL, reap the leader, hand over the result.
        case finish
    }

    private enum Phase {
        case running(until: Instant?)
        /// The group has had SIGTERM, and gets SIGKILL at `killAt`.
        case stopping(CommandResult.Ending, killAt: Instant, leaderHasEnded: Bool)
        case killed(CommandResult.Ending)
    }

    private let timeout: Duration?
    private let grace: Duration
    private var phase: Phase

    init(startedAt: Instant, timeout: Duration?, grace: Duration) {
        self.timeout = timeout
        self.grace = grace
        phase = .running(until: timeout.map { startedAt + $0 })
    }

    /// When `timePassed` wants to be called next.
    var deadline: Instant? {
        switch phase {
        case .running(let deadline): deadline
        case .stopping(_, let killAt, _): killAt
        case .killed: nil
        }
    }

    mutating func cancel(at now: Instant) -> Directive {
        guard case .running = phase else { return .wait }
        return stop(.cancelled, at: now)
    }

    mutating func timePassed(_ now: Instant) -> Directive {
        guard let deadline, deadline <= now else { return .wait }
        switch phase {
        case .running: return stop(.timedOut(after: timeout ?? .zero), at: now)
        case .stopping(_, _, leaderHasEnded: true): return .finish
        case .stopping(let ending, _, leaderHasEnded: false):
            phase = .killed(ending)
            return .kill
        case .killed: preconditionFailure("nothing is due after SIGKILL")
        }
    }

    /// A leader that ends by itself takes its group along. One that was told to end does not: the
    /// rest of the group was told so too, and has the same grace for it while it holds the outputs.
    mutating func leaderEnded(outputsAreOpen: Bool) -> Directive {
        guard outputsAreOpen, case .stopping(let ending, let killAt, _) = phase else { return .finish }
        phase = .stopping(ending, killAt: killAt, leaderHasEnded: true)
        return .wait
    }

    func outputsClosed() -> Directive {
        if case .stopping(_, _, leaderHasEnded: true) = phase { .finish } else { .wait }
    }

    /// What is reported for a leader that ended in its `own` way.
    func ending(_ own: CommandResult.Ending) -> CommandResult.Ending {
        switch phase {
        case .running: own
        case .stopping(let ending, _, _), .killed(let ending): ending
        }
    }

    private mutating func stop(_ ending: CommandResult.Ending, at now: Instant) -> Directive {
        phase = .stopping(ending, killAt: now + grace, leaderHasEnded: false)
        return .terminate
    }
}

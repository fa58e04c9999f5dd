import Glibc

/// A command that was started and hasn't been reaped. Belongs to the loop's thread.
final class RunningCommand {
    let submission: Submission
    let leader: GroupLeader
    let startedAt: ContinuousClock.Instant
    var lifecycle: CommandLifecycle
    var standardOutput: OutputStream
    var standardError: OutputStream

    init(
        _ submission: Submission, leader: consuming GroupLeader, startedAt: ContinuousClock.Instant,
        standardOutput: consuming OutputStream, standardError: consuming OutputStream
    ) {
        self.submission = submission
        self.leader = leader
        self.startedAt = startedAt
        self.standardOutput = standardOutput
        self.standardError = standardError
        let command = submission.command
        lifecycle = CommandLifecycle(startedAt: startedAt, timeout: command.timeout, grace: command.grace)
    }

    var id: UInt64 { submission.ticket.id }
    var outputsAreOpen: Bool { standardOutput.isOpen || standardError.isOpen }

    func result(_ reaped: ReapedProcess, killedByUs: Bool) -> CommandResult {
        let wasKilled = killedByUs && reaped.ending == .signalled(SIGKILL)
        return CommandResult(
            ending: lifecycle.ending(wasKilled ? .cancelled : reaped.ending),
            startedAt: startedAt, elapsed: startedAt.duration(to: .now),
            userTime: reaped.userTime, systemTime: reaped.systemTime,
            standardOutput: standardOutput.output, standardError: standardError.output)
    }
}

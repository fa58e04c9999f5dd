import CChildProcess
import Glibc
import Synchronization

/// Runs commands, each in a process group of its own, on one thread of the room.
///
/// No command's group outlives this process, in whatever way the process ends: a small keeper
/// process, made with the first command, kills what is left. What leaves its group (setsid(2),
/// setpgid(2)) has left this promise too.
///
/// How many run at once is the caller's business; each takes three descriptors.
package final class CommandRunner: Sendable {
    private let inbox: Inbox
    private let groups: ProcessGroups
    private let lastID = Atomic<UInt64>(0)

    /// If this process ignores SIGCHLD, it no longer does: the commands' statuses would be lost.
    ///
    /// - Parameter temporaryFolder: where outputs that are kept whole go once they exceed 64 KiB;
    ///   `nil`: the environment's `TMPDIR`, else `/var/tmp`, since `/tmp` may be memory.
    package init(temporaryFolder: [UInt8]? = nil) throws(SystemFailure) {
        cchild_keep_exit_statuses()
        inbox = try Inbox()
        groups = try ProcessGroups()
        let loop = try ProcessLoop(
            inbox: inbox, groups: groups, temporaryFolder: temporaryFolder ?? Self.defaultFolder)
        try startThread(named: "tally-commands") { loop.runUntilClosed() }
    }

    deinit {
        groups.killAll()
        _ = inbox.post(.close(nil))
    }

    /// Runs a command to its end. When the task is cancelled its group gets SIGTERM, and SIGKILL
    /// after the command's grace. When the command's first process ends by itself, what is left of
    /// its group is killed at once, and the outputs are not waited for.
    package func run(_ command: Command) async -> CommandResult {
        let plan: SpawnPlan
        do throws(StartFailure) {
            plan = try SpawnPlan(command)
        } catch {
            return CommandResult(notStarted: .couldNotStart(error))
        }
        let ticket = Submission.Ticket(id: lastID.wrappingAdd(1, ordering: .relaxed).newValue)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let submission = Submission(
                    ticket: ticket, command: command, plan: plan, continuation: continuation)
                if !inbox.post(.start(submission)) { submission.endWithoutStart(.cancelled) }
            }
        } onCancel: {
            ticket.cancel()
            _ = inbox.post(.cancel(id: ticket.id))
        }
    }

    /// SIGKILL to every group before this returns. They end as cancelled, and nothing starts any more.
    package func killAll() {
        groups.killAll()
    }

    /// Kills everything, and returns when nothing is left: no command, no thread's work, no keeper.
    package func close() async {
        killAll()
        await withCheckedContinuation { continuation in
            if !inbox.post(.close(continuation)) { continuation.resume() }
        }
    }

    private static var defaultFolder: [UInt8] {
        guard let folder = getenv("TMPDIR"), folder.pointee != 0 else { return Array("/var/tmp".utf8) }
        return Array(UnsafeBufferPointer(start: folder, count: strlen(folder))).map(UInt8.init(bitPattern:))
    }
}

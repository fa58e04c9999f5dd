import CChildProcess
import Glibc

/// Turns a submission into a running command whose end and outputs are watched.
struct Launcher: ~Copyable {
    private let groups: ProcessGroups
    private let temporaryFolder: [UInt8]
    private let nullDevice: Descriptor

    init(groups: ProcessGroups, temporaryFolder: [UInt8]) throws(SystemFailure) {
        self.groups = groups
        self.temporaryFolder = temporaryFolder
        nullDevice = try Descriptor(checking: open("/dev/null", O_RDONLY | O_CLOEXEC), "open /dev/null")
    }

    /// - Returns: `nil` when everything has been killed and nothing may start.
    func launch(
        _ submission: Submission, watchedBy poller: borrowing Poller
    ) throws(StartFailure) -> RunningCommand? {
        let pipes = try OutputPipes()
        let startedAt = ContinuousClock.now
        guard let leader = try spawn(submission, pipes) else { return nil }
        try watch(leader, pipes, of: submission.ticket.id, by: poller)
        let folder = submission.command.keepWhole ? temporaryFolder : nil
        return RunningCommand(
            submission, leader: leader, startedAt: startedAt,
            standardOutput: OutputStream(pipes.output.readEnd, keepingIn: folder),
            standardError: OutputStream(pipes.error.readEnd, keepingIn: folder))
    }

    private func spawn(
        _ submission: Submission, _ pipes: borrowing OutputPipes
    ) throws(StartFailure) -> GroupLeader? {
        do throws(SpawnFailure) {
            return try groups.spawn(
                submission.plan, input: nullDevice, output: pipes.output.writeEnd,
                error: pipes.error.writeEnd)
        } catch {
            throw StartFailure(error, of: submission.command)
        }
    }

    private func watch(
        _ leader: borrowing GroupLeader, _ pipes: borrowing OutputPipes, of id: UInt64,
        by poller: borrowing Poller
    ) throws(StartFailure) {
        do throws(SystemFailure) {
            try poller.add(leader.descriptor, as: .leader(id))
            try poller.add(pipes.output.readEnd, as: .output(id, .standardOutput))
            try poller.add(pipes.error.readEnd, as: .output(id, .standardError))
        } catch {
            _ = groups.sweep(leader)
            throw .system(error)
        }
    }
}

private struct OutputPipes: ~Copyable {
    let output: Pipe
    let error: Pipe
}

extension OutputPipes {
    init() throws(StartFailure) {
        do throws(SystemFailure) {
            self.init(output: try Pipe(), error: try Pipe())
        } catch {
            throw .system(error)
        }
    }
}

extension StartFailure {
    init(_ failure: SpawnFailure, of command: Command) {
        let program = command.words.first ?? []
        let folder = command.workingDirectory ?? []
        switch (failure.step, failure.code) {
        case (CCHILD_STEP_EXECUTE, ENOENT), (CCHILD_STEP_EXECUTE, ENOTDIR): self = .commandNotFound(program)
        case (CCHILD_STEP_EXECUTE, EACCES): self = .permissionDenied(program)
        case (CCHILD_STEP_DIRECTORY, ENOENT): self = .noSuchFolder(folder)
        case (CCHILD_STEP_DIRECTORY, let code):
            self = .folderNotUsable(folder, SystemFailure("enter the folder", code: code))
        case (let step, let code): self = .system(SystemFailure(step.words, code: code))
        }
    }
}

extension cchild_step {
    fileprivate var words: String {
        switch self {
        case CCHILD_STEP_CLONE: "make a process"
        case CCHILD_STEP_GROUP: "make a process group"
        case CCHILD_STEP_PARENT: "find the worker alive"
        case CCHILD_STEP_DIRECTORY: "enter the folder"
        case CCHILD_STEP_DESCRIPTORS: "connect the outputs"
        default: "execute"
        }
    }
}

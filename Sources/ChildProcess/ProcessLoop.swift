import Glibc

/// Starts commands, reads their outputs and sees them end: one thread for all of them.
///
/// It is made by one thread and then belongs to another, which alone touches it.
final class ProcessLoop {
    /// Starts in one turn, so that a thousand submissions at once don't keep the others' outputs waiting.
    private static let startsPerTurn = 4

    private let inbox: Inbox
    private let launcher: Launcher
    private let groups: ProcessGroups
    private var poller: Poller
    private var keeper: Keeper?
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)

    private var waiting: [Submission] = []
    private var running: [UInt64: RunningCommand] = [:]
    /// No later than the first deadline of all that runs.
    private var nextDeadline: ContinuousClock.Instant?
    /// Results wait for the end of the turn: by then their commands' descriptors are closed.
    private var results: [(CheckedContinuation<CommandResult, Never>, CommandResult)] = []
    private var isClosing = false
    private var closers: [CheckedContinuation<Void, Never>] = []

    init(inbox: Inbox, groups: ProcessGroups, temporaryFolder: [UInt8]) throws(SystemFailure) {
        self.inbox = inbox
        self.groups = groups
        launcher = try Launcher(groups: groups, temporaryFolder: temporaryFolder)
        poller = try Poller()
        try poller.add(inbox.bell, as: .inbox)
    }

    deinit { buffer.deallocate() }

    func runUntilClosed() {
        while !isClosing || !running.isEmpty {
            for source in poller.wait(atMost: timeToWait) { handle(source) }
            startSome()
            enforceDeadlines()
            deliver()
        }
        close()
    }

    private var timeToWait: Duration? {
        waiting.isEmpty ? nextDeadline.map { ContinuousClock.now.duration(to: $0) } : .zero
    }

    private func handle(_ source: EventSource) {
        switch source {
        case .inbox: inbox.take().forEach(handle)
        case .keeper: replaceKeeper()
        case .leader(let id): leaderEnded(id)
        case .output(let id, let kind): outputIsReadable(id, kind)
        }
    }

    private func handle(_ message: Inbox.Message) {
        switch message {
        case .start(let submission): waiting.append(submission)
        case .cancel(let id): cancel(id)
        case .close(let closer):
            isClosing = true
            if let closer { closers.append(closer) }
            // Everything has been killed: who only waits for outputs has waited enough.
            for command in Array(running.values) { carryOut(command.lifecycle.outputsClosed(), on: command) }
        }
    }
}

// MARK: - Starting

extension ProcessLoop {
    private func startSome() {
        let some = waiting.prefix(Self.startsPerTurn)
        waiting.removeFirst(some.count)
        some.forEach(start)
    }

    private func start(_ submission: Submission) {
        guard !submission.ticket.isCancelled else { return submission.endWithoutStart(.cancelled) }
        do throws(StartFailure) {
            try ensureKeeper()
            guard let command = try launcher.launch(submission, watchedBy: poller) else {
                return submission.endWithoutStart(.cancelled)
            }
            running[command.id] = command
            noteDeadline(of: command)
        } catch {
            submission.endWithoutStart(.couldNotStart(error))
        }
    }

    /// Nothing starts that would outlive this process.
    private func ensureKeeper() throws(StartFailure) {
        guard keeper == nil else { return }
        do throws(SystemFailure) {
            let keeper = try groups.startKeeper()
            try poller.add(keeper.descriptor, as: .keeper)
            self.keeper = consume keeper
        } catch {
            throw .system(error)
        }
    }

    /// What runs needs a keeper too. Should this fail, the next start tries again.
    private func replaceKeeper() {
        keeper = nil
        if !running.isEmpty { try? ensureKeeper() }
    }
}

// MARK: - Running and ending

extension ProcessLoop {
    private func outputIsReadable(_ id: UInt64, _ kind: OutputStream.Kind) {
        guard let command = running[id] else { return }
        switch kind {
        case .standardOutput: command.standardOutput.readOnce(into: buffer)
        case .standardError: command.standardError.readOnce(into: buffer)
        }
        if !command.outputsAreOpen { carryOut(command.lifecycle.outputsClosed(), on: command) }
    }

    private func leaderEnded(_ id: UInt64) {
        guard let command = running[id] else { return }
        carryOut(command.lifecycle.leaderEnded(outputsAreOpen: command.outputsAreOpen), on: command)
    }

    private func cancel(_ id: UInt64) {
        guard let command = running[id] else { return }
        carryOut(command.lifecycle.cancel(at: .now), on: command)
    }

    private func enforceDeadlines() {
        guard let nextDeadline, nextDeadline <= .now else { return }
        let now = ContinuousClock.now
        self.nextDeadline = nil
        for command in Array(running.values) {
            carryOut(command.lifecycle.timePassed(now), on: command)
            if running[command.id] != nil { noteDeadline(of: command) }
        }
    }

    private func noteDeadline(of command: RunningCommand) {
        guard let deadline = command.lifecycle.deadline else { return }
        nextDeadline = nextDeadline.map { min($0, deadline) } ?? deadline
    }

    private func carryOut(_ directive: CommandLifecycle.Directive, on command: RunningCommand) {
        switch directive {
        case .wait: break
        case .terminate:
            command.leader.signalGroup(SIGTERM)
            // Who is stopped would not hear of it.
            command.leader.signalGroup(SIGCONT)
            noteDeadline(of: command)
        case .kill: command.leader.signalGroup(SIGKILL)
        case .finish: finish(command)
        }
    }

    private func finish(_ command: RunningCommand) {
        let reaped = groups.sweep(command.leader)
        command.standardOutput.drain(into: buffer)
        command.standardError.drain(into: buffer)
        running[command.id] = nil
        let result = command.result(reaped, killedByUs: groups.isRefusing)
        results.append((command.submission.continuation, result))
    }

    private func deliver() {
        for (continuation, result) in results { continuation.resume(returning: result) }
        results.removeAll(keepingCapacity: true)
    }

    private func close() {
        keeper = nil
        for case .start(let submission) in inbox.close() { submission.endWithoutStart(.cancelled) }
        for submission in waiting { submission.endWithoutStart(.cancelled) }
        closers.forEach { $0.resume() }
    }
}

import BatchClient
import BatchProgress
import Glibc
import Synchronization

/// Shows batches to a person: live bars on a terminal, plain lines elsewhere. May be told things from any
/// thread.
package final class ProgressDisplay: Sendable {
    private struct State {
        var live = LiveState()
        var painter = TerminalPainter()
        var plain: PlainProgress
        var failures: [BatchID: FailureLines] = [:]
        var operations: [BatchID: [ActiveOperation]] = [:]
        var standstills: Standstills
        var lostSince: Timestamp?
        var isFinished = false
        /// After Ctrl-Z the coordinator seems lost, and it was us who were away.
        var wasAway = false
    }

    private let descriptor: Descriptor
    private let style: ViewStyle
    /// Whether bars are painted; else lines are printed.
    package let isLive: Bool
    private let whenEmpty: String?
    private let clock = ProcessClock()
    private let state: Mutex<State>

    /// - Parameters:
    ///   - descriptor: where it is shown.
    ///   - whenEmpty: what a terminal shows while there is no batch.
    ///   - ours: the batch that this process brings workers for, if there is one.
    package init(
        on descriptor: Descriptor, whenEmpty: String? = nil, workingOn ours: BatchID? = nil,
        environment: [String: String]
    ) {
        self.descriptor = descriptor
        self.whenEmpty = whenEmpty
        let isLive = descriptor.isTerminal && environment["TERM"] != "dumb"
        var style = ViewStyle(environment: environment)
        style.colour = style.colour && isLive
        self.isLive = isLive
        self.style = style
        state = Mutex(
            State(plain: PlainProgress(unicode: style.unicode), standstills: Standstills(exceptOf: ours)))
        guard isLive else { return }
        TerminalSignals.restoreAtDeath(descriptor)
        TerminalSignals.onSuspension { [weak self] in self?.suspend() }
    }

    package func update(_ update: BatchUpdate) {
        let now = clock.now
        state.withLock { state in
            switch update {
            case .event(let event): show(event, at: now, &state)
            case .lost:
                state.lostSince = now
                state.live.connection = .lost(since: now)
                printPlain(state.plain.coordinatorLost(at: now))
            case .caughtUp:
                if state.wasAway {
                    state.live.connection = .connected
                    state.wasAway = false
                } else if let since = state.lostSince {
                    state.live.connection = .caughtUp(at: now, after: now - since)
                }
                state.lostSince = nil
                printPlain(state.plain.coordinatorFound(at: now))
            }
            paint(&state)
        }
    }

    /// What runs now, as asked for at this moment.
    package func show(running operations: [ActiveOperation]) {
        state.withLock { state in
            state.operations = Dictionary(grouping: operations, by: \.batchId)
            for index in state.live.batches.indices {
                let id = state.live.batches[index].event.batchId
                state.live.batches[index].running = running(of: id, state)
            }
            paint(&state)
        }
    }

    /// What there is, as asked for at this moment: some of it may stand still.
    package func note(_ details: [BatchDetail]) {
        let now = clock.now
        state.withLock { $0.standstills.note(details, at: now) }
    }

    /// The run that is shown has been interrupted.
    package func show(_ interruption: RunInterruption, running: [ActiveOperation]?) {
        if let running { show(running: running) }
        state.withLock { state in
            // An answer that was long in coming doesn't take back what came after it.
            guard !state.isFinished, state.live.interruption != .ending else { return }
            state.live.interruption = interruption
            printPlain([interruption.text(running: running?.count ?? 0)])
            paint(&state)
        }
    }

    /// Foreign lines, that stay above the bars.
    package func printAbove(_ bytes: [UInt8]) {
        state.withLock { state in
            guard isLive, !state.isFinished, descriptor.isInForeground else {
                _ = descriptor.write(bytes)
                return
            }
            state.painter.printAbove(bytes)
            paint(&state)
        }
    }

    /// Time went on; to be called ten times a second.
    package func tick() {
        let now = clock.now
        state.withLock { state in
            guard !isLive else { return paint(&state) }
            printPlain(state.plain.tick(at: now))
            for (event, reason) in state.standstills.due(at: now) {
                printPlain([state.plain.standstill(reason, of: event)])
            }
        }
    }

    /// Ctrl-Z: the bars go, the cursor comes back, and all stands still until the process is continued.
    private func suspend() {
        state.withLock { state in
            if !state.isFinished { descriptor.write(state.painter.withdraw(size: descriptor.size)) }
            kill(getpid(), SIGSTOP)
            state.wasAway = true
        }
    }

    /// The last lines; the bars of batches that ended stay.
    ///
    /// - Parameters:
    ///   - event: the last of the batch that was followed; nil: there is nothing to say of it.
    ///   - belongsToRun: only workers that come with `tally run` take it.
    ///   - lost: how many operations of the batch a `tally run` that was interrupted cut short.
    package func finish(
        summaryOf event: BatchProgressEvent?, belongsToRun: Bool = false, lost: Int = 0
    ) {
        state.withLock { state in
            guard !state.isFinished else { return }
            state.isFinished = true
            state.live.interruption = nil
            let summary = event.map { Summary($0, belongsToRun: belongsToRun, lost: lost, style: style) }
            if isLive {
                let lines =
                    summary?.lines
                    ?? LiveView(state.live, size: descriptor.size, style: style, now: clock.now).lines
                descriptor.write(state.painter.finish(leaving: lines, size: descriptor.size))
            } else {
                if let event, !event.status.isEnd { descriptor.write(line: Summary.sentence(event, style)) }
                for line in summary?.nextSteps ?? [] { descriptor.write(line: line.text) }
            }
        }
    }

    // MARK: Within the lock

    private func show(_ event: BatchProgressEvent, at now: Timestamp, _ state: inout State) {
        state.standstills.update(event)
        guard isLive else { return printPlain(state.plain.update(event, at: now)) }
        let failures = state.failures[event.batchId, default: FailureLines()].lines(
            for: event, at: now, style, marked: true)
        for line in failures { state.painter.printAbove(Array((line.text + "\n").utf8)) }
        let batch = LiveBatch(event: event, running: running(of: event.batchId, state))
        if let index = state.live.batches.firstIndex(where: { $0.event.batchId == event.batchId }) {
            state.live.batches[index] = batch
        } else {
            state.live.batches.append(batch)
        }
    }

    private func running(of id: BatchID, _ state: State) -> [RunningOperation] {
        (state.operations[id] ?? []).map { operation in
            RunningOperation(
                label: operation.label ?? "#\(operation.operation)",
                progress: operation.progress > 0 ? operation.progress : nil,
                message: operation.message, startedAt: operation.startedAt)
        }
    }

    private func paint(_ state: inout State) {
        guard isLive, !state.isFinished, descriptor.isInForeground else { return }
        let size = descriptor.size
        let now = clock.now
        for index in state.live.batches.indices {
            let id = state.live.batches[index].event.batchId
            state.live.batches[index].standstill = state.standstills.reason(of: id, at: now)
        }
        var lines = LiveView(state.live, size: size, style: style, now: now).lines
        if state.live.batches.isEmpty, let whenEmpty {
            var line = ViewLine(style)
            line.add(whenEmpty, .faint)
            lines.append(line)
        }
        if case .write(let bytes) = state.painter.paint(lines, size: size, at: now) {
            descriptor.write(bytes)
        }
    }

    private func printPlain(_ lines: [String]) {
        guard !isLive else { return }
        for line in lines { descriptor.write(line: line) }
    }
}

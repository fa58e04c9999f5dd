import BatchProgress
import BatchProtocol
import Glibc

/// How a run reacts to what happens, as a value: each happening in, what is to be done out.
struct RunSteering: Sendable {
    enum Happening: Sendable {
        /// The batch has.
        case ended
        case signal(ExitCode)
        case failuresReachedLimit(FailureLimit.Manner)
        /// Standard output can't be written any more, by this error code.
        case outputFailed(CInt)
        case failed(any Error)
        /// What was told to end has had its time.
        case graceOver
        /// None of the workers is let in, and none will be.
        case workersRefused(RunError)
        case workersGone
    }

    enum Directive: Hashable, Sendable {
        case workers(RelayOrder)
        /// Whoever looks on is told.
        case show(RunInterruption)
        /// `graceOver` is to come.
        case giveGrace
        /// No more values are read, and the batch waits for somebody to resume it.
        case pause
        /// The workers end at once, with all that runs.
        case cut
        /// The run is over.
        case finish
    }

    private(set) var error: (any Error)?
    /// Why nothing more is to be started, as an exit code; nil: for no other reason than that all has been.
    private(set) var interruption: ExitCode?
    /// Nobody can go on with the batch by the key that it was begun with.
    private(set) var isHopeless = false
    private var batchHasEnded = false
    /// What ran was told to end.
    private var isEndingWhatRuns = false
    private var isFinished = false

    mutating func react(to happening: Happening) -> [Directive] {
        switch happening {
        case .ended:
            batchHasEnded = true
            return [.workers(.drain)]
        case .signal(let code): return signalled(code)
        case .failuresReachedLimit(.soon): return stop(because: .someFailed, atOnce: false)
        case .failuresReachedLimit(.now): return stop(because: .someFailed, atOnce: true)
        case .outputFailed(let code):
            if code != EPIPE { error = error ?? RunError.outputFailed(code) }
            return stop(because: .outputClosed, atOnce: true)
        case .failed(let error):
            self.error = self.error ?? error
            return [.workers(.drain), .pause]
        case .graceOver: return finish([.cut])
        case .workersRefused(let error):
            // Those who were let in have done all, or somebody ended them before.
            guard !batchHasEnded, interruption == nil else { return [] }
            self.error = self.error ?? error
            isHopeless = true
            return []
        case .workersGone: return finish([])
        }
    }

    /// - Parameter last: where the batch stands; nil if nobody could tell.
    /// - Returns: nil if the workers ended though there was work.
    func exitCode(last: BatchStatus?) -> ExitCode? {
        if let interruption, last?.isEnd != true || isEndingWhatRuns { return interruption }
        guard let last, batchHasEnded || last.isEnd else { return nil }
        return ExitCode(last)
    }

    /// Whether the batch stopped so that somebody wants to know how to go on.
    var wantsSummary: Bool {
        switch error {
        case nil: interruption != .outputClosed
        default: interruption != nil
        }
    }

    private mutating func signalled(_ code: ExitCode) -> [Directive] {
        switch interruption {
        case nil, .someFailed:
            return stop(because: code, atOnce: false) + [.show(isEndingWhatRuns ? .ending : .draining)]
        case _ where !isEndingWhatRuns: return stop(because: code, atOnce: true) + [.show(.ending)]
        default: return finish([.cut])
        }
    }

    /// The first reason is the one that is told; but who interrupts what stops by itself has interrupted it.
    private mutating func stop(because code: ExitCode, atOnce: Bool) -> [Directive] {
        if interruption == nil || interruption == .someFailed { interruption = code }
        guard atOnce else { return isEndingWhatRuns ? [] : [.workers(.drain), .pause] }
        guard !isEndingWhatRuns else { return [] }
        isEndingWhatRuns = true
        return [.workers(.stop), .pause, .giveGrace]
    }

    private mutating func finish(_ directives: [Directive]) -> [Directive] {
        guard !isFinished else { return [] }
        isFinished = true
        return directives + [.finish]
    }
}

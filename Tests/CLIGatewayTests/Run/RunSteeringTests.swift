import BatchProgress
import BatchProtocol
import Glibc
import Testing

@testable import CLIGateway

@Suite struct RunSteeringTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var what: String
        var happenings: [RunSteering.Happening]
        var directives: [[RunSteering.Directive]]
        /// By where the batch stands at the end.
        var codes: [BatchStatus: ExitCode]
        var testDescription: String { what }

        init(
            _ what: String, _ course: [(RunSteering.Happening, [RunSteering.Directive])],
            codes: [BatchStatus: ExitCode]
        ) {
            self.what = what
            happenings = course.map(\.0)
            directives = course.map(\.1)
            self.codes = codes
        }
    }

    private static let drain = RunSteering.Directive.workers(.drain)
    private static let stop = RunSteering.Directive.workers(.stop)
    private static let lettingEnd = [drain, .pause, .show(.draining)]
    private static let ending = [stop, .pause, .giveGrace, .show(.ending)]
    private static let interrupt = RunSteering.Happening.signal(.interrupted)
    private static let terminate = RunSteering.Happening.signal(.terminated)

    static let rows = [
        Row(
            "the batch ends", [(.ended, [drain]), (.workersGone, [.finish])],
            codes: [.completed: .allCompleted, .failed: .someFailed, .cancelled: .cancelled]),
        Row(
            "an interrupt lets end what runs",
            [(interrupt, lettingEnd), (.workersGone, [.finish])],
            codes: [.paused: .interrupted, .completed: .allCompleted, .failed: .someFailed]),
        Row(
            "a second one ends it",
            [
                (interrupt, lettingEnd), (interrupt, ending),
                (.workersGone, [.finish]),
            ],
            codes: [.paused: .interrupted, .failed: .interrupted]),
        Row(
            "a third one doesn't wait for that",
            [
                (interrupt, lettingEnd), (interrupt, ending),
                (interrupt, [.cut, .finish]), (interrupt, []), (.workersGone, []), (.graceOver, []),
            ],
            codes: [.processing: .interrupted]),
        Row(
            "what doesn't end in time is cut",
            [
                (interrupt, lettingEnd), (terminate, ending),
                (.graceOver, [.cut, .finish]), (.workersGone, []),
            ],
            codes: [.paused: .interrupted]),
        Row("another signal", [(terminate, lettingEnd)], codes: [.paused: .terminated]),
        Row(
            "enough failures, soon",
            [(.failuresReachedLimit(.soon), [drain, .pause]), (.workersGone, [.finish])],
            codes: [.paused: .someFailed, .failed: .someFailed]),
        Row(
            "enough failures, now", [(.failuresReachedLimit(.now), [stop, .pause, .giveGrace])],
            codes: [.paused: .someFailed]),
        Row(
            "an interrupt while it stops for failures",
            [
                (.failuresReachedLimit(.soon), [drain, .pause]), (interrupt, lettingEnd),
                (interrupt, ending),
            ],
            codes: [.paused: .interrupted]),
        Row(
            "nobody reads standard output",
            [(.outputFailed(EPIPE), [stop, .pause, .giveGrace]), (.outputFailed(EPIPE), [])],
            codes: [.paused: .outputClosed, .failed: .outputClosed]),
        Row("the batch can't be made", [(.failed(Lost()), [drain, .pause])], codes: [:]),
    ]

    private struct Lost: Error {}

    @Test(arguments: rows) func reacts(_ row: Row) {
        var steering = RunSteering()
        #expect(row.happenings.map { steering.react(to: $0) } == row.directives)
        for (status, code) in row.codes { #expect(steering.exitCode(last: status) == code, "\(status)") }
    }

    @Test func workersThatEndByThemselvesAreAFault() {
        var steering = RunSteering()
        #expect(steering.react(to: .workersGone) == [.finish])
        #expect(steering.exitCode(last: .processing) == nil)
        #expect(steering.exitCode(last: nil) == nil)
    }

    @Test func aRunWhoseWorkersAreRefusedGivesUp() {
        var steering = RunSteering()
        #expect(steering.react(to: .workersRefused(.workersRefused("ann"))) == [])
        #expect(steering.isHopeless && (steering.error as? RunError)?.exitCode == .usage)
        #expect(steering.react(to: .workersGone) == [.finish])
    }

    @Test(arguments: [.ended, interrupt] as [RunSteering.Happening])
    func itDoesNotWhereItWasOverBefore(before: RunSteering.Happening) {
        var steering = RunSteering()
        _ = steering.react(to: before)
        #expect(steering.react(to: .workersRefused(.workersRefused(nil))) == [])
        #expect(!steering.isHopeless && steering.error == nil)
    }

    @Test func whyNothingMoreIsStartedIsKnownThoughTheBatchHasEnded() {
        var steering = RunSteering()
        _ = steering.react(to: Self.interrupt)
        #expect(steering.exitCode(last: .failed) == .someFailed && steering.interruption == .interrupted)
    }

    @Test(arguments: [(EPIPE, false, false), (ENOSPC, true, true)])
    func anOutputThatCannotBeWrittenIsAnError(code: CInt, isError: Bool, wantsSummary: Bool) {
        var steering = RunSteering()
        _ = steering.react(to: .outputFailed(code))
        #expect((steering.error != nil) == isError)
        #expect(steering.wantsSummary == wantsSummary)
    }
}

import Glibc
import Testing

@testable import ChildProcess

/// The rules of ending, driven by hand: 5 s to run, 10 s of grace, seconds counted from the start.
@Suite struct CommandLifecycleTests {
    enum Step {
        case time(Int)
        case cancel(Int)
        case leaderEnds(outputsAreOpen: Bool)
        case outputsClose
    }

    struct Row {
        let steps: [(Step, CommandLifecycle.Directive)]
        let ending: CommandResult.Ending
    }

    static let own = CommandResult.Ending.exited(code: 0)
    static let timedOut = CommandResult.Ending.timedOut(after: .seconds(5))

    static let rows = [
        Row(steps: [(.time(4), .wait), (.leaderEnds(outputsAreOpen: false), .finish)], ending: own),
        Row(steps: [(.outputsClose, .wait), (.leaderEnds(outputsAreOpen: false), .finish)], ending: own),
        Row(steps: [(.leaderEnds(outputsAreOpen: true), .finish)], ending: own),
        Row(
            steps: [
                (.time(5), .terminate), (.time(14), .wait), (.leaderEnds(outputsAreOpen: false), .finish),
            ],
            ending: timedOut),
        Row(
            steps: [
                (.time(5), .terminate), (.time(15), .kill), (.time(99), .wait), (.outputsClose, .wait),
                (.leaderEnds(outputsAreOpen: true), .finish),
            ], ending: timedOut),
        Row(
            steps: [
                (.time(6), .terminate), (.leaderEnds(outputsAreOpen: true), .wait), (.time(15), .wait),
                (.outputsClose, .finish),
            ], ending: timedOut),
        Row(
            steps: [
                (.time(5), .terminate), (.leaderEnds(outputsAreOpen: true), .wait), (.time(15), .finish),
            ], ending: timedOut),
        Row(
            steps: [
                (.cancel(1), .terminate), (.cancel(2), .wait), (.time(5), .wait), (.time(11), .kill),
                (.cancel(12), .wait), (.leaderEnds(outputsAreOpen: true), .finish),
            ], ending: .cancelled),
        // The first of two reasons is the one that is told.
        Row(
            steps: [
                (.time(5), .terminate), (.cancel(5), .wait), (.leaderEnds(outputsAreOpen: false), .finish),
            ],
            ending: timedOut),
    ]

    @Test(arguments: rows) func `what happens is answered`(_ row: Row) {
        let start = ContinuousClock.now
        var lifecycle = CommandLifecycle(startedAt: start, timeout: .seconds(5), grace: .seconds(10))
        for (step, directive) in row.steps {
            let answer =
                switch step {
                case .time(let second): lifecycle.timePassed(start + .seconds(second))
                case .cancel(let second): lifecycle.cancel(at: start + .seconds(second))
                case .leaderEnds(let open): lifecycle.leaderEnded(outputsAreOpen: open)
                case .outputsClose: lifecycle.outputsClosed()
                }
            #expect(answer == directive, "\(step)")
        }
        #expect(lifecycle.ending(Self.own) == row.ending)
    }

    @Test func `without a timeout there is no deadline`() {
        let lifecycle = CommandLifecycle(startedAt: .now, timeout: nil, grace: .zero)
        #expect(lifecycle.deadline == nil)
    }
}

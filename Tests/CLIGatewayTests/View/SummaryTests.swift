import BatchProgress
import Testing

@testable import CLIGateway

@Suite struct SummaryTests {
    private static let errors = [
        BatchFailure(operation: 1, label: "a.png", exitCode: 1, message: "cannot open"),
        BatchFailure(operation: 2, label: "b\u{1B}.png", message: "worker lost"),
        BatchFailure(operation: 3, exitCode: 137, message: ""),
        BatchFailure(operation: 4, label: "d.png", message: ""),
        BatchFailure(operation: 5, label: "e.png", exitCode: 1, message: "exit code 1"),
        BatchFailure(operation: 6, label: "f.png", exitCode: 1, message: "f.png: cannot open"),
    ]

    @Test(arguments: [
        (
            batch("thumbnails", 1000, of: 1000, .completed, took: 125),
            "✓ thumbnails: 1,000 completed in 2m 05s"
        ),
        (batch("thumbnails", 0, of: 0, .completed), "✓ thumbnails: nothing to do"),
        (
            batch(
                "thumbnails", 1000, of: 1000, failed: 2, .failed, took: 125, errors: Array(errors.prefix(2))),
            """
            ✗ thumbnails: 2 of 1,000 failed in 2m 05s
                a.png: cannot open (exit 1)
                b␛.png: worker lost
              see why:    tally logs 7k3mxp --failed
              try again:  tally retry 7k3mxp
            """
        ),
        (
            batch("thumbnails", 1000, of: 1000, failed: 40, .failed, errors: errors),
            """
            ✗ thumbnails: 40 of 1,000 failed
                d.png
                e.png: exit 1
                f.png: cannot open (exit 1)
                and 37 more
              see why:    tally logs 7k3mxp --failed
              try again:  tally retry 7k3mxp
            """
        ),
        (batch("thumbnails", 300, of: 1000, .cancelled), "⊘ thumbnails: cancelled, 300 of 1,000 completed"),
        (
            batch("thumbnails", 300, of: 1000, .processing),
            """
            ‖ thumbnails: stopped, 300 of 1,000 completed
              go on:      tally run --resume 7k3mxp
            """
        ),
        (
            batch("thumbnails", 300, of: 1000, failed: 1, .paused),
            """
            ‖ thumbnails: stopped, 299 of 1,000 completed, 1 failed
              see why:    tally logs 7k3mxp --failed
              go on:      tally run --resume 7k3mxp
            """
        ),
    ])
    func saysWhatHappenedAndWhatToDo(event: BatchProgressEvent, expected: String) {
        #expect(
            Summary(event, belongsToRun: false, style: .plain).lines.map(\.text).joined(separator: "\n")
                == expected)
    }

    /// What Ctrl-C cut short can be run once more; what failed by itself is another matter.
    @Test(arguments: [
        (BatchProgressEvent.paused, ["tally run --resume 7k3mxp", "tally run --resume 7k3mxp --rerun-lost"]),
        (
            .failedThrice,
            [#"tally run --resume "$(tally retry 7k3mxp)""#, "tally run --resume 7k3mxp --rerun-lost"]
        ),
        (.failedTwice, ["tally run --resume 7k3mxp --rerun-lost"]),
    ])
    func saysHowToRunAgainWhatWasCutShort(event: BatchProgressEvent, commands: [String]) {
        let steps = Summary(event, belongsToRun: true, lost: 2, style: .plain).nextSteps.map(\.text)
        #expect(steps.first == "  see why:    tally logs 7k3mxp --failed")
        #expect(steps.dropFirst().map { String($0.dropFirst(14)) } == commands)
    }
}

extension BatchProgressEvent {
    fileprivate static let paused = batch("thumbnails", 300, of: 1000, failed: 2, .paused)
    fileprivate static let failedTwice = batch("thumbnails", 1000, of: 1000, failed: 2, .failed)
    fileprivate static let failedThrice = batch("thumbnails", 1000, of: 1000, failed: 3, .failed)
}

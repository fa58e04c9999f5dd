import BatchProgress
import Testing

@testable import CLIGateway

@Suite struct PlainProgressTests {
    private func seconds(_ seconds: Double) -> Timestamp {
        noon + .milliseconds(Int64(seconds * 1000))
    }

    private func failure(_ number: Int) -> BatchFailure {
        BatchFailure(operation: number, label: "IMG_\(number).png", exitCode: 1, message: "cannot open")
    }

    /// From the start: what a batch of 1,000 says at each event.
    @Test func aBatchFromStartToEnd() {
        var progress = PlainProgress(unicode: true)
        let table: [(Double, BatchProgressEvent, [String])] = [
            (0, batch("thumbnails", 0, of: 1000, .pending), ["thumbnails: 0 of 1,000 (0%), id 7k3mxp"]),
            (1, batch("thumbnails", 40, of: 1000, rate: 41, left: 23), []),
            (2, batch("thumbnails", 99, of: 1000, rate: 41, left: 22), []),
            (
                2.5, batch("thumbnails", 100, of: 1000, rate: 41, left: 22),
                ["thumbnails: 100 of 1,000 (10%), 41/s, 22s left"]
            ),
            (3, batch("thumbnails", 199, of: 1000), []),
            (12.4, batch("thumbnails", 199, of: 1000), []),
            (12.5, batch("thumbnails", 199, of: 1000), ["thumbnails: 199 of 1,000 (19%)"]),
            (
                13,
                batch(
                    "thumbnails", 512, of: 1000, failed: 2, rate: 1234, left: 0.4,
                    errors: [failure(7), failure(9)]),
                [
                    "thumbnails: failed: IMG_7.png: cannot open (exit 1)",
                    "thumbnails: failed: IMG_9.png: cannot open (exit 1)",
                    "thumbnails: 512 of 1,000 (51%), 2 failed, 1.2k/s, 1s left",
                ]
            ),
            (
                14, batch("thumbnails", 513, of: 1000, failed: 2, .paused, errors: [failure(7), failure(9)]),
                []
            ),
            (
                14.5,
                batch("thumbnails", 601, of: 1000, failed: 2, .paused, errors: [failure(7), failure(9)]), []
            ),
            (
                15, batch("thumbnails", 602, of: 1000, failed: 2, .paused, errors: [failure(7), failure(9)]),
                ["thumbnails: 602 of 1,000 (60%), 2 failed, paused"]
            ),
            (
                90, batch("thumbnails", 602, of: 1000, failed: 2, errors: [failure(7), failure(9)]),
                ["thumbnails: 602 of 1,000 (60%), 2 failed"]
            ),
            (
                91, batch("thumbnails", 602, of: 1000, failed: 2, cancelling: true),
                ["thumbnails: 602 of 1,000 (60%), 2 failed, cancelling"]
            ),
            (
                92, batch("thumbnails", 1000, of: 1000, failed: 2, .failed, took: 125),
                ["thumbnails: 2 of 1,000 failed in 2m 05s"]
            ),
            (93, batch("thumbnails", 1000, of: 1000, failed: 2, .failed, took: 125), []),
        ]
        for (time, event, lines) in table {
            #expect(progress.update(event, at: seconds(time)) == lines, "at \(time)")
        }
    }

    @Test func aBatchThatIsOverBeforeItIsSeenHasOneLine() {
        var progress = PlainProgress(unicode: true)
        #expect(progress.update(batch("a", 3, of: 3, .completed), at: noon) == ["a: 3 completed"])
    }

    /// Ten seconds if something moved, a minute if nothing did, and silence while paused or lost.
    @Test func silenceIsBounded() {
        var progress = PlainProgress(unicode: true)
        _ = progress.update(batch("a", 0, of: 1000), at: seconds(0))
        #expect(progress.tick(at: seconds(59)) == [])
        #expect(progress.tick(at: seconds(60)) == ["a: 0 of 1,000 (0%)"])
        _ = progress.update(batch("a", 1, of: 1000), at: seconds(61))
        #expect(progress.tick(at: seconds(69)) == [])
        #expect(progress.tick(at: seconds(70)) == ["a: 1 of 1,000 (0%)"])
        #expect(progress.tick(at: seconds(71)) == [])
        _ = progress.update(batch("a", 1, of: 1000, .paused), at: seconds(72))
        #expect(progress.tick(at: seconds(73)) == ["a: 1 of 1,000 (0%), paused"])
        #expect(progress.tick(at: seconds(600)) == [])
    }

    /// When a batch is paused, its workers have yet to report what ended: the first counts are old already.
    @Test func aPauseIsToldOnceItHasSettled() {
        var progress = PlainProgress(unicode: true)
        _ = progress.update(batch("a", 0, of: 100), at: seconds(0))
        #expect(progress.update(batch("a", 2, of: 100, .paused), at: seconds(1)) == [])
        #expect(progress.update(batch("a", 14, of: 100, .paused), at: seconds(1.4)) == [])
        #expect(progress.tick(at: seconds(1.9)) == [])
        #expect(progress.tick(at: seconds(2)) == ["a: 14 of 100 (14%), paused"])
        #expect(progress.tick(at: seconds(3)) == [])
        #expect(progress.update(batch("a", 14, of: 100), at: seconds(4)) == ["a: 14 of 100 (14%)"])
        _ = progress.update(batch("a", 14, of: 100, .paused), at: seconds(5))
        #expect(progress.update(batch("a", 14, of: 100), at: seconds(5.5)) == [], "nothing had been said")
    }

    @Test func aBatchThatIsPausedWhenItIsFirstSeenSaysSo() {
        var progress = PlainProgress(unicode: true)
        #expect(
            progress.update(batch("a", 2, of: 100, .paused), at: seconds(1))
                == ["a: 2 of 100 (2%), paused, id 7k3mxp"])
        #expect(progress.tick(at: seconds(9)) == [])
    }

    @Test func theCoordinatorsLossIsToldOnce() {
        var progress = PlainProgress(unicode: true)
        _ = progress.update(batch("a", 0, of: 1000), at: seconds(0))
        #expect(progress.coordinatorFound(at: seconds(1)) == [])
        #expect(progress.coordinatorLost(at: seconds(2)) == ["coordinator lost, trying again"])
        #expect(progress.coordinatorLost(at: seconds(3)) == [])
        #expect(progress.tick(at: seconds(100)) == [])
        #expect(progress.coordinatorFound(at: seconds(127)) == ["coordinator found again after 2m 05s"])
        #expect(progress.tick(at: seconds(128)) == ["a: 0 of 1,000 (0%)"])
    }

    @Test func aFloodOfFailuresIsBounded() {
        var progress = PlainProgress(unicode: true)
        _ = progress.update(batch("a", 0, of: 100_000), at: noon)
        var lines: [String] = []
        for number in 1...1000 {
            let errors = (max(1, number - 4)...number).map(failure)
            let event = batch("a", number, of: 100_000, failed: number, errors: errors)
            lines += progress.update(event, at: noon + .milliseconds(number))
        }
        #expect(lines.count == 6)
        #expect(lines.last == "a: not all failures are shown here; tally logs 7k3mxp --failed")
        let later = batch("a", 1001, of: 100_000, failed: 1001, errors: [failure(1001)])
        #expect(
            progress.update(later, at: seconds(11)).first == "a: failed: IMG_1001.png: cannot open (exit 1)")
    }

    @Test func aFailureIsNamedOnce() {
        var progress = PlainProgress(unicode: true)
        let event = batch("a", 1, of: 100, failed: 1, errors: [failure(1)])
        #expect(progress.update(event, at: noon).count == 2)
        #expect(progress.update(event, at: noon) == [])
    }

    @Test func labelsCannotForgeLines() {
        var progress = PlainProgress(unicode: true)
        let lines = progress.update(batch("a\nb: 3 completed\u{1B}[2J", 0, of: 3), at: noon)
        #expect(lines == ["a␊b: 3 completed␛[2J: 0 of 3 (0%), id 7k3mxp"])
        var ascii = PlainProgress(unicode: false)
        #expect(ascii.update(batch("é", 0, of: 3), at: noon) == ["?: 0 of 3 (0%), id 7k3mxp"])
    }
}

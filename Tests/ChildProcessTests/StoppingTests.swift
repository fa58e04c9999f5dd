import ChildProcess
import Glibc
import Testing

@Suite struct StoppingTests {
    let marker = Marker()
    let runner: CommandRunner

    init() throws { runner = try CommandRunner() }

    private func marked(
        _ line: String, timeout: Duration? = nil, grace: Duration = .seconds(60)
    ) -> Command {
        .shell(line, environment: plainEnvironment + [marker.variable], timeout: timeout, grace: grace)
    }

    private func expectNothingLeft() async {
        await eventually("nothing of the command is left") { marker.processes().isEmpty }
    }

    @Test func `a timeout ends the whole group`() async {
        let result = await runner.run(marked("sleep 1000 & sleep 1000", timeout: .milliseconds(100)))
        #expect(result.ending == .timedOut(after: .milliseconds(100)))
        #expect(result.elapsed >= .milliseconds(100) && result.elapsed < .seconds(50))
        await expectNothingLeft()
    }

    @Test func `a timeout of nothing is one`() async {
        let result = await runner.run(marked("sleep 1000", timeout: .zero))
        #expect(result.ending == .timedOut(after: .zero))
    }

    @Test func `who ignores SIGTERM is killed after the grace`() async {
        let stubborn = "trap '' TERM; sleep 1000 & while :; do sleep 1000; done"
        let result = await runner.run(
            marked(stubborn, timeout: .milliseconds(200), grace: .milliseconds(100)))
        #expect(result.ending == .timedOut(after: .milliseconds(200)))
        #expect(result.elapsed >= .milliseconds(300))
        await expectNothingLeft()
    }

    @Test func `who is stopped hears of a timeout`() async {
        let result = await runner.run(marked("kill -STOP $$", timeout: .milliseconds(100)))
        #expect(result.ending == .timedOut(after: .milliseconds(100)))
        #expect(result.elapsed < .seconds(50))
    }

    @Test func `a command that answers SIGTERM with success has timed out all the same`() async {
        let polite = "trap 'echo bye; exit 0' TERM; while :; do sleep 0.01; done"
        let result = await runner.run(marked(polite, timeout: .milliseconds(200)))
        #expect(result.ending == .timedOut(after: .milliseconds(200)))
        #expect(result.standardOutput.text == "bye\n")
    }

    @Test func `after a timeout the group outlives its leader to clean up`() async {
        let line = """
            (trap 'sleep 0.2; echo clean; exit' TERM; while :; do sleep 0.01; done) &
            trap - TERM; wait
            """
        let result = await runner.run(marked(line, timeout: .milliseconds(200)))
        #expect(result.ending == .timedOut(after: .milliseconds(200)))
        #expect(result.standardOutput.text == "clean\n")
        await expectNothingLeft()
    }

    @Test func `the group of a leader that was told to end has its grace and no more`() async {
        let line = "(trap '' TERM; sleep 1000) & wait"
        let result = await runner.run(
            marked(line, timeout: .milliseconds(200), grace: .milliseconds(100)))
        #expect(result.ending == .timedOut(after: .milliseconds(200)))
        #expect(result.elapsed >= .milliseconds(300) && result.elapsed < .seconds(50))
        await expectNothingLeft()
    }

    @Test func `a cancelled task ends its command`() async {
        let run = Task { await runner.run(marked("sleep 1000 & sleep 1000")) }
        await eventually("both sleep") { marker.pids(named: "sleep").count == 2 }
        run.cancel()
        #expect(await run.value.ending == .cancelled)
        await expectNothingLeft()
    }

    @Test func `a task that is cancelled already starts nothing`() async {
        let run = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await runner.run(marked("echo started"))
        }
        let result = await run.value
        #expect(result.ending == .cancelled && result.standardOutput.totalBytes == 0)
    }

    @Test func `a cancelled run leaves the others alone`() async {
        let other = Task { await runner.run(marked("sleep 0.3; echo done")) }
        let run = Task { await runner.run(marked("sleep 1000", timeout: .seconds(20))) }
        run.cancel()
        #expect(await run.value.ending == .cancelled)
        #expect(await other.value.standardOutput.text == "done\n")
    }

    @Test func `a leader that ends takes its group along`() async {
        let result = await runner.run(marked("sleep 1000 & (trap '' TERM; sleep 1000) & exit 4"))
        #expect(result.ending == .exited(code: 4))
        #expect(result.elapsed < .seconds(50))
        await expectNothingLeft()
    }

    @Test func `a daemon that holds an output doesn't hold up the result`() async {
        let result = await runner.run(marked("setsid sleep 1000 & sleep 0.1; echo done"))
        #expect(result.ending == .exited(code: 0))
        #expect(result.standardOutput.text == "done\n")
        #expect(result.elapsed < .seconds(50))
        let daemons = marker.pids(named: "sleep")
        #expect(daemons.count == 1)
        daemons.forEach { kill($0, SIGKILL) }
    }

    @Test func `killing all is at once and for good`() async {
        let runs = (0..<3).map { _ in
            Task { await runner.run(marked("trap '' TERM; sleep 1000 & sleep 1000")) }
        }
        await eventually("all sleep") { marker.pids(named: "sleep").count == 6 }
        runner.killAll()
        for run in runs { #expect(await run.value.ending == .cancelled) }
        await expectNothingLeft()
        #expect(await runner.run(marked("echo started")).ending == .cancelled)
        await runner.close()
        #expect(await runner.run(marked("echo started")).ending == .cancelled)
        await runner.close()
    }
}

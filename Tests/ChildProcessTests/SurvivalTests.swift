import Glibc
import Testing

@testable import ChildProcess

/// Workers that are killed, and what must not outlive them.
@Suite(.serialized) struct SurvivalTests {
    let marker = Marker()

    /// Not by way of a `CommandRunner`: its sweep of the fixture's group would help.
    private func startFixture(_ mode: String) throws -> pid_t {
        let mark = String(decoding: marker.variable, as: UTF8.self)
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(fixturePath), strdup(mode), nil]
        var environment: [UnsafeMutablePointer<CChar>?] = [strdup("PATH=/usr/bin:/bin"), strdup(mark), nil]
        defer { (arguments + environment).forEach { free($0) } }
        var pid: pid_t = 0
        try #require(posix_spawn(&pid, fixturePath, nil, nil, &arguments, &environment) == 0)
        return pid
    }

    private func killWorker(_ pid: pid_t) {
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
    }

    private func expectNothingLeft() async {
        await eventually("nothing outlives the worker: \(marker.processes())") { marker.processes().isEmpty }
    }

    @Test(arguments: 0..<30) func `a worker killed at any moment leaves nothing`(_ round: Int) async throws {
        let worker = try startFixture("storm")
        await eventually("it has a keeper") { !marker.pids(named: "tally-keeper").isEmpty }
        usleep(UInt32.random(in: 0...(UInt32(round) * 4000)))
        killWorker(worker)
        await expectNothingLeft()
    }

    @Test func `a keeper that is killed is made anew, and covers what already runs`() async throws {
        let worker = try startFixture("hold")
        await eventually("both sleep") { marker.pids(named: "sleep").count == 2 }
        let first = marker.pids(named: "tally-keeper")
        try #require(first.count == 1)
        first.forEach { kill($0, SIGKILL) }
        await eventually("there is another") {
            let now = marker.pids(named: "tally-keeper")
            return now.count == 1 && now != first
        }
        #expect(marker.pids(named: "sleep").count == 2)
        killWorker(worker)
        await expectNothingLeft()
    }

    @Test func `the keeper is not to be reached by signals to the worker's group`() async throws {
        let worker = try startFixture("hold")
        await eventually("both sleep") { marker.pids(named: "sleep").count == 2 }
        let keeper = try #require(marker.pids(named: "tally-keeper").first)
        #expect(getsid(keeper) == keeper)
        for signal in [SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGUSR1] { kill(keeper, signal) }
        killWorker(worker)
        await expectNothingLeft()
    }

    @Test func `a thousand commands leave no descriptor and no zombie`() async throws {
        let fixture = Command(
            .arguments([bytes(fixturePath), bytes("leaks")]), environment: plainEnvironment)
        let result = try await CommandRunner().run(fixture)
        #expect(result.standardOutput.text == "descriptors 0, zombie false\nchildren after close none\n")
    }

    @Test func `a worker that was started ignoring SIGCHLD gets its statuses`() async throws {
        let fixture = Command(
            .arguments([bytes(fixturePath), bytes("ignoring-sigchld")]), environment: plainEnvironment)
        #expect(try await CommandRunner().run(fixture).standardOutput.text == "exit code 3\n")
    }
}

/// Beside this program, where the build put both.
private let fixturePath: String = {
    var path = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &path, path.count)
    let own = path.prefix(max(count, 0)).map(UInt8.init(bitPattern:))
    let folder = own[..<(own.lastIndex(of: UInt8(ascii: "/")) ?? 0)]
    return String(decoding: folder, as: UTF8.self) + "/ChildProcessFixture"
}()

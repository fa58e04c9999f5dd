import BatchClient
import Foundation
import Testing

/// Runs the worker and the subscriber that docs/protocol.md shows against a real coordinator.
@Suite struct PythonProcessTests {
    @Test func `worker and subscriber go through a kill of the coordinator in mid-batch`() async throws {
        try await Sandbox.with { sandbox in
            let first = try await sandbox.coordinator()
            let worker = try sandbox.pythonWorker()
            let subscriber = try sandbox.subscriber(until: "letters")
            try await sandbox.submit(1_500, as: "letters")
            try await eventually("some operations have ended") { sandbox.results("letters") >= 50 }
            first.signal(SIGKILL)
            try await first.end()
            let before = sandbox.results("letters")
            #expect(before < 1_500)
            _ = try await sandbox.coordinator()
            #expect(try await subscriber.end() == 0, "\(subscriber)")
            #expect(subscriber.lines.last == "letters completed 1500/1500")
            try await sandbox.expectAllUpper("letters", count: 1_500)
            // The coordinator's restart is nobody's loss.
            #expect(try await sandbox.status("letters").event.retriedOperations == 0)
            #expect(worker.isRunning)
        }
    }

    @Test func `of two workers one is killed, and the other does the rest`() async throws {
        try await Sandbox.with { sandbox in
            _ = try await sandbox.coordinator()
            let workers = [try sandbox.pythonWorker(), try sandbox.pythonWorker()]
            try await eventually("both are there") { try await sandbox.workers() == 2 }
            try await sandbox.submit(200, as: "letters")
            try await eventually("some operations have ended") { sandbox.results("letters") >= 20 }
            workers[0].signal(SIGKILL)
            #expect(try await sandbox.subscriber(until: "letters").end() == 0)
            try await sandbox.expectAllUpper("letters", count: 200)
        }
    }

    @Test func `messages that are lost are sent again, and gaps are mended`() async throws {
        try await Sandbox.with { sandbox in
            _ = try await sandbox.coordinator()
            let lossy = try sandbox.lossy(events: 0.5, orders: 0.1, reports: 0.1)
            try await eventually("the lossy one listens", { sandbox.exists("lossy/control") })
            _ = try sandbox.pythonWorker(through: "lossy")
            let subscriber = try sandbox.subscriber(until: "letters", through: "lossy")
            // Revisions are of all batches together, so this one's are gaps as well.
            try await sandbox.submit(1, as: "other")
            try await sandbox.submit(60, as: "letters")
            #expect(try await subscriber.end(within: .seconds(120)) == 0, "\(subscriber)")
            #expect(subscriber.lines.contains("other completed 1/1"))
            #expect(subscriber.lines.last == "letters completed 60/60")
            try await sandbox.expectAllUpper("letters", count: 60)
            #expect(try await sandbox.status("letters").event.retriedOperations == 0)
            #expect(subscriber.error.split(separator: "\n").count { $0.hasPrefix("missed") } > 1)
            #expect(Set(lossy.lines) == ["event", "order", "report"])
        }
    }

    @Test func `a subscriber that comes after the end is told of it`() async throws {
        try await Sandbox.with { sandbox in
            _ = try await sandbox.coordinator()
            _ = try sandbox.pythonWorker()
            try await sandbox.submit(3, as: "letters")
            try await eventually("it has ended") { try await sandbox.status("letters").event.status.isEnd }
            let subscriber = try sandbox.subscriber(until: "letters")
            #expect(try await subscriber.end() == 0)
            #expect(subscriber.lines.last == "letters completed 3/3")
        }
    }

    @Test func `what the worker can't write is a failure with its reason`() async throws {
        try await Sandbox.with { sandbox in
            _ = try await sandbox.coordinator()
            _ = try sandbox.pythonWorker(writingTo: "nowhere")
            try await sandbox.submit(2, as: "letters")
            #expect(try await sandbox.subscriber(until: "letters").end() == 0)
            let failures = try await BatchConnection.open(to: sandbox.address) { client in
                try await client.batch(sandbox.id("letters")).failures()
            }
            #expect(failures.count == 2)
            #expect(failures.allSatisfy { $0.message.contains("No such file or directory") })
        }
    }
}

extension Sandbox {
    fileprivate func pythonWorker(
        through folder: String? = nil, writingTo results: String = "results"
    ) throws -> RunningProcess {
        mkdir("\(work)/results", 0o700)
        let sockets = folder.map { "\(work)/\($0)" } ?? runtime
        return try start(
            try Self.python(), Repository.path("docs/examples/worker.py"), "ipc://\(sockets)/dispatch",
            "ipc://\(sockets)/completions", "\(work)/\(results)")
    }

    fileprivate func subscriber(until batch: String, through folder: String? = nil) throws -> RunningProcess {
        let sockets = folder.map { "\(work)/\($0)" } ?? runtime
        return try start(
            try Self.python(), Repository.path("docs/examples/subscriber.py"), "ipc://\(sockets)/control",
            batch)
    }

    fileprivate func lossy(events: Double, orders: Double, reports: Double) throws -> RunningProcess {
        mkdir("\(work)/lossy", 0o700)
        return try start(
            try Self.python(), Repository.path("Tests/DocumentationTests/lossy.py"), address.description,
            "\(work)/lossy", "\(events)", "\(orders)", "\(reports)")
    }

    fileprivate func submit(_ count: Int, as batch: String) async throws {
        let lines = (0..<count).map { #"{"type": "upper", "data": "letter \#($0)"}"# }
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: "\(work)/\(batch).ndjson"))
        try await run("tally", "submit", "--id", batch, "\(batch).ndjson")
    }

    /// How many operations have written their file.
    fileprivate func results(_ batch: String) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(work)/results")) ?? []
        return names.count { $0.hasPrefix("\(batch)-") }
    }

    fileprivate func expectAllUpper(_ batch: String, count: Int) async throws {
        let event = try await status(batch).event
        #expect(event.totalOperations == count)
        #expect(event.completedOperations == count)
        #expect(event.finishedOperations == count)
        #expect(results(batch) == count)
        for number in 0..<count {
            let text = try String(contentsOfFile: "\(work)/results/\(batch)-\(number)", encoding: .utf8)
            #expect(text == "\"LETTER \(number)\"")
        }
    }

    fileprivate func status(_ batch: String) async throws -> BatchDetail {
        try await BatchConnection.open(to: address) { try await $0.batch(id(batch)).status() }
    }

    fileprivate func workers() async throws -> Int {
        try await BatchConnection.open(to: address) { try await $0.activeWorkers().count }
    }

    fileprivate func id(_ text: String) throws -> BatchID {
        try #require(BatchID(text))
    }

    fileprivate func exists(_ name: String) -> Bool {
        access("\(work)/\(name)", F_OK) == 0
    }
}

extension RunningProcess {
    fileprivate var lines: [String] { output.split(separator: "\n").map(String.init) }
}

import BatchClient
import Foundation
import ProcessTesting
import Testing

/// A coordinator, two workers, and those who look on, each on a machine of its own.
struct Site {
    let home: Home
    private let keys: Keys
    private let desk: Machine
    let near: Worker
    let far: Worker

    /// A worker, and the machine that nothing else is on.
    struct Worker {
        let name: String
        let machine: Machine
        let process: TestProcess
    }

    init(_ home: Home, nearSlots: Int, farSlots: Int) async throws {
        self.home = home
        var network = try await Network(home)
        let coordinator = try await network.add("coordinator")
        desk = try await network.add("desk")
        let keys = try await Keys(
            home, host: coordinator.address,
            roles: ["ann": "submit", "screen": "watch", "near": "work", "far": "work"])
        self.keys = keys
        _ = try await keys.coordinator(under: coordinator.entry)
        func worker(_ name: String, slots: Int) async throws -> Worker {
            let machine = try await network.add(name)
            let process = try home.start(
                "worker", "--allow-commands", "--slots", "\(slots)", "--name", name, "--http",
                "127.0.0.1:9470",
                environment: keys.settings(as: name), under: machine.entry)
            return Worker(name: name, machine: machine, process: process)
        }
        near = try await worker("near", slots: nearSlots)
        far = try await worker("far", slots: farSlots)
    }

    // MARK: At the desk

    func start(_ words: String..., as who: String) throws -> TestProcess {
        try home.start(
            raw: words.map { bytes($0) }, environment: keys.settings(as: who), under: desk.entry)
    }

    /// What a command prints that a person gives.
    @discardableResult
    func ask(_ words: String...) async throws -> String {
        let process = try home.start(
            raw: words.map { bytes($0) }, environment: keys.settings(as: "ann"), under: desk.entry)
        try #require(try await process.end() == .exited(0), "\(process.errorText)")
        return process.outputText
    }

    func event(of batch: String) async throws -> BatchProgressEvent {
        let line = try await ask("status", batch, "--json")
        return try JSONDecoder().decode(BatchDetail.self, from: Data(line.utf8)).event
    }

    /// What `tally mcp` tells an HTTP client of the batch, line by line.
    func stream(of batch: String) async throws -> TestProcess {
        let gateway = try start("mcp", as: "screen")
        try await eventually("the gateway is ready") {
            guard gateway.isRunning else { throw Overdue(gateway.errorText) }
            return (try? await desk.run("curl -sf http://127.0.0.1:5580/readyz")) != nil
        }
        let words = ["/usr/bin/curl", "-sN", "http://127.0.0.1:5580/batches/\(batch)/events"]
        return try home.start(words: (desk.entry + words).map { bytes($0) })
    }

    // MARK: Workers

    /// As the coordinator knows it; nil: it isn't heard.
    func known(_ worker: Worker) async throws -> ActiveWorker? {
        try await ask("workers", "--json").split(separator: "\n").map {
            try JSONDecoder().decode(ActiveWorker.self, from: Data($0.utf8))
        }.first { $0.name == worker.name }
    }

    /// All its slots are taken, and nothing waits there.
    func isFull(_ worker: Worker) async throws -> Bool {
        guard let known = try await known(worker) else { return false }
        return known.running == known.slots && known.held == known.slots
    }

    /// How many reports the worker keeps.
    func unacknowledged(by worker: Worker) async throws -> Int {
        let metrics = try await worker.machine.run("curl -s http://127.0.0.1:9470/metrics")
        let value = metrics.firstMatch(of: /(?m)^tally_worker_reports_unacknowledged (\d+)/)?.1
        return try #require(value.flatMap { Int($0) })
    }
}

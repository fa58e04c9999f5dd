import BatchClient
import Foundation
import ProcessTesting
import Testing

/// A coordinator on tcp that asks for keys, and keys for others.
struct KeyedHome {
    let home: Home
    /// Of the loopback's sixteen million: no other test listens there.
    let host: String
    let port = Keys.port
    let coordinator: TestProcess
    private let keys: Keys

    init(_ home: Home) async throws {
        self.home = home
        host = "127.\((0..<3).map { _ in "\(Int.random(in: 1...254))" }.joined(separator: "."))"
        keys = try await Keys(
            home, host: host,
            roles: [
                "ann": "submit", "eve": "watch", "builder": "work", "all": "submit,watch,work",
                "mallory": nil,
            ])
        coordinator = try await keys.coordinator()
    }

    /// Another in place of the first, which is gone.
    func anotherCoordinator() async throws -> TestProcess {
        try await keys.coordinator()
    }

    func settings(as who: String?) -> [String] { keys.settings(as: who) }

    func address(as who: String) -> CoordinatorAddress {
        CoordinatorAddress(
            "tcp://\(host):\(port)",
            keys: CoordinatorKeys(
                ownFile: "\(home.work)/\(who).key", coordinatorFile: "\(home.work)/coordinator.pub"))
    }

    func run(as who: String?, _ words: String...) async throws -> Finished {
        try await home.run(raw: words.map { Array($0.utf8) }, environment: settings(as: who))
    }

    func worker(as who: String) throws -> TestProcess {
        try home.start(
            "worker", "--allow-commands", "--slots", "2", "--name", "w", environment: settings(as: who))
    }

    /// Writes who is allowed to do what, whatever it was before.
    func allow(_ who: String, _ roles: String) throws {
        let key = try #require(try publicKey(of: who))
        try rewrite(without: key, and: ["\(who) \(key) \(roles)"])
    }

    func disallow(_ who: String) throws {
        try rewrite(without: try #require(try publicKey(of: who)), and: [])
    }

    private func rewrite(without key: String, and more: [String]) throws {
        let path = "\(home.work)/allowed"
        let kept = Files.lines(path).filter { !$0.contains(key) }
        try Files.write(Array((kept + more).map { $0 + "\n" }.joined().utf8), to: path)
    }

    private func publicKey(of who: String) throws -> String? {
        String(decoding: Files.read("\(home.work)/\(who).pub"), as: UTF8.self)
            .split(separator: "\n").first { $0.hasPrefix("public ") }.map { String($0.dropFirst(7)) }
    }

    /// Does a script of Tests/AccessTests/clients.
    func python(_ script: String, as who: String?, saying lines: [String] = []) async throws -> [String] {
        guard let python = ProcessInfo.processInfo.environment["TALLY_TEST_PYTHON"] else {
            throw Overdue("TALLY_TEST_PYTHON names no Python with pyzmq: run scripts/test, which makes one")
        }
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/clients"
        let own = who.map { "\(home.work)/\($0).key" } ?? "-"
        let words = [python, "\(folder)/\(script)", host, "\(port)", "\(home.work)/coordinator.pub", own]
        let process = try home.start(
            words: words.map { Array($0.utf8) }, environment: ["PYTHONDONTWRITEBYTECODE=1"],
            input: Array((lines.joined(separator: "\n") + "\n").utf8))
        try #require(try await process.end() == .exited(0), "\(process.errorText)")
        return process.outputText.split(separator: "\n").map(String.init)
    }
}

/// For what a test does with a coordinator of its own that asks for keys.
func withKeys<Result>(_ body: (KeyedHome) async throws -> Result) async throws -> Result {
    try await withHome { home in try await body(try await KeyedHome(home)) }
}

import Glibc
import MatrixAPI
import MatrixTesting
import ProcessTesting
import Testing

/// Whatever is killed, and whenever: one message per batch, which ends rightly.
@Suite(Room()) struct KillTests {
    @Test(.timeLimit(.minutes(5)))
    func `the gateway is killed at random moments`() async throws {
        let kills = isLongWanted ? 20 : 5
        let scene = try await MatrixRoomScene(.shared(.off))
        try await withCoordinator { home, _ in
            _ = try home.worker(slots: 2)
            try await home.sleepers("killed", count: kills * 60, seconds: 0.05)
            for _ in 1...kills {
                let gateway = try scene.start(home, ["--show-after", "1s", "--mention-after", "1s"])
                try await Task.sleep(for: .milliseconds(Int.random(in: 50...2500)))
                try await gateway.destroy()
            }
            _ = try scene.start(home, ["--show-after", "1s", "--mention-after", "1s"])
            try await expectOneMessage("killed", in: scene)
        }
    }

    @Test func `killed after the homeserver took a message, and before it said so: it is there once`()
        async throws
    {
        let scene = try await MatrixRoomScene(.shared(.off))
        try await withCoordinator { home, _ in
            _ = try home.worker(slots: 2)
            let proxy = try await Proxy.start(in: home, before: scene.synapse.url)
            let arguments = ["--show-after", "1s", "--mention-after", "1s"]
            let gateway = try scene.start(home, arguments, homeserver: proxy.url)
            try await eventually("the gateway is at work") {
                proxy.requests.contains { $0.path.hasSuffix("/sync") }
            }
            try proxy.become(.forgetful)
            try await home.sleepers("taken", count: 200, seconds: 0.05)
            try await eventually("the message was taken") {
                try await !scene.look().originals(of: "taken").isEmpty
            }
            try await gateway.destroy()
            try proxy.become(.good)
            _ = try scene.start(home, arguments, homeserver: proxy.url)
            try await expectOneMessage("taken", in: scene)
            let repeated = proxy.requests.sendings.filter { $0.path.hasSuffix(".original") }
            #expect(Set(repeated.map(\.path)).count == 1 && repeated.count >= 2, "\(repeated)")
        }
    }

    /// Nobody told the gateway that the edit was taken; what comes after it has to be told all the same.
    @Test func `killed after the homeserver took an edit: the end comes after it`() async throws {
        let scene = try await MatrixRoomScene(.shared(.off))
        try await withCoordinator { home, _ in
            _ = try home.worker(slots: 2)
            let proxy = try await Proxy.start(in: home, before: scene.synapse.url)
            let arguments = ["--show-after", "1s", "--mention-after", "1s"]
            let gateway = try scene.start(home, arguments, homeserver: proxy.url)
            try await home.sleepers("edited", count: 300, seconds: 0.05)
            func edits() async throws -> Int {
                let view = try await scene.look()
                return view.originals(of: "edited").first.map { view.edits(of: $0).count } ?? 0
            }
            try await eventually("there is an edit") { try await edits() > 0 }
            try proxy.become(.forgetful)
            let before = try await edits()
            try await eventually("the next one was taken") { try await edits() > before }
            try await gateway.destroy()
            _ = try await home.end(of: "edited")
            try proxy.become(.good)
            _ = try scene.start(home, arguments, homeserver: proxy.url)
            try await expectOneMessage("edited", in: scene)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `the homeserver is killed three times`() async throws {
        let scene = try await MatrixRoomScene(Synapse(.off))
        try await withCoordinator { home, _ in
            _ = try home.worker(slots: 2)
            let gateway = try await scene.gateway(
                home, "--show-after", "1s", "--mention-after", "1s", limits: .off)
            try await home.sleepers("away", count: 600, seconds: 0.05)
            for _ in 1...3 {
                try await Task.sleep(for: .milliseconds(Int.random(in: 200...1500)))
                try await scene.synapse.kill()
                try await scene.synapse.start()
            }
            try await expectOneMessage("away", in: scene)
            #expect(gateway.isRunning, "\(gateway.errorText)")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `the coordinator is killed three times`() async throws {
        let scene = try await MatrixRoomScene(.shared(.off))
        try await withHome { home in
            var coordinator = try await home.coordinator()
            _ = try home.worker(slots: 2)
            let gateway = try await scene.gateway(
                home, "--show-after", "1s", "--mention-after", "1s", limits: .off)
            try await home.sleepers("recovered", count: 300, seconds: 0.05)
            for _ in 1...3 {
                try await Task.sleep(for: .milliseconds(Int.random(in: 200...1500)))
                try await coordinator.destroy()
                coordinator = try await home.coordinator()
            }
            try await expectOneMessage("recovered", in: scene)
            #expect(gateway.isRunning, "\(gateway.errorText)")
        }
    }

    private func expectOneMessage(_ batch: String, in scene: MatrixRoomScene) async throws {
        _ = try await scene.whenEnded(batch, within: .seconds(180))
        let view = try await eventuallyValue("Ann is told", within: .seconds(90)) {
            let view = try await scene.look()
            return view.mentions.isEmpty ? nil : view
        }
        #expect(view.originals(of: batch).count == 1)
        #expect(view.mentions.count == 1)
        let message = try #require(view.originals(of: batch).first)
        #expect(view.body(of: message).contains("completed"), "\(view.body(of: message))")
        let shares = view.percentages(of: message)
        #expect(shares == shares.sorted(), "\(shares)")
    }
}

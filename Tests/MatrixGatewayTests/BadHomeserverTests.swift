import BatchProgress
import MatrixAPI
import MatrixTesting
import ProcessTesting
import Testing

/// A homeserver that turns bad while the gateway runs, and good again.
@Suite(Room()) struct BadHomeserverTests {
    private static let moods: [Proxy.Mood] = [.failing, .hanging, .rubbish, .closed, .forgetful]

    @Test(.timeLimit(.minutes(5)), arguments: moods)
    func `it says so once, asks seldom, and the room is right afterwards`(mood: Proxy.Mood) async throws {
        let scene = try await MatrixRoomScene(.shared(.off))
        try await withCoordinator { home, _ in
            _ = try home.worker(slots: 4)
            let proxy = try await Proxy.start(in: home, before: scene.synapse.url)
            let gateway = try await scene.gateway(
                home, "--show-after", "1s", "--mention-after", "1s", limits: .off, homeserver: proxy.url)
            try await home.sleepers("before", count: 400, seconds: 0.05)
            try await eventually("the batch is shown") {
                try await !scene.look().originals(of: "before").isEmpty
            }

            let earlier = proxy.requests.count
            let began = ContinuousClock.now
            try proxy.become(mood)
            try await home.sleepers("meanwhile", count: 400, seconds: 0.05)
            try await eventually("the gateway says so", within: .seconds(90)) {
                gateway.errorText.contains("going on when it is back")
            }
            for batch in ["before", "meanwhile"] { _ = try await home.end(of: batch) }
            let seconds = Int((ContinuousClock.now - began).components.seconds)
            // Three loops, each of which waits twice as long after each failure.
            let asked = proxy.requests.count - earlier
            #expect(asked <= 14 + seconds / 3, "\(asked) in \(seconds) s: \(proxy.requests.suffix(asked))")
            #expect(gateway.warnings.count <= 3, "\(gateway.errorText)")
            #expect(!gateway.errorText.contains(scene.bot.account.accessToken))

            try proxy.become(.good)
            for batch in ["before", "meanwhile"] {
                let view = try await scene.whenEnded(batch, within: .seconds(90))
                #expect(view.originals(of: batch).count == 1)
                let message = try #require(view.originals(of: batch).first)
                let shares = view.percentages(of: message)
                #expect(shares == shares.sorted(), "\(shares)")
                #expect(view.body(of: message).contains("400 of 400 finished"))
            }
            let view = try await eventuallyValue("Ann is told of both", within: .seconds(60)) {
                let view = try await scene.look()
                return view.mentions.count >= 2 ? view : nil
            }
            #expect(view.mentions.count == 2)
            #expect(gateway.isRunning, "\(gateway.errorText)")
            #expect(gateway.errorText.contains("answers again"), "\(gateway.errorText)")
        }
    }
}

extension TestProcess {
    fileprivate var warnings: [Substring] {
        errorText.split(separator: "\n").filter { $0.contains(/warning/.ignoresCase()) }
    }
}

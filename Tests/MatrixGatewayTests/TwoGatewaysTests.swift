import Glibc
import MatrixTesting
import ProcessTesting
import Testing

/// Two gateways for one account.
@Suite(Room()) struct TwoGatewaysTests {
    @Test func `two with one token: one message per batch`() async throws {
        let scene = try await MatrixRoomScene(.shared(.off))
        try await withCoordinator { home, _ in
            _ = try home.worker(slots: 4)
            // Started at once: which is first is not known.
            let first = try scene.start(home, ["--show-after", "1s"])
            let second = try scene.start(home, ["--show-after", "1s", "--state", "\(home.path)/second"])
            try await eventually("one posts") {
                (first.errorText + second.errorText).contains(" posts in ")
            }
            try await home.sleepers("shared", count: 100, seconds: 0.05)
            let view = try await scene.whenEnded("shared", within: .seconds(90))
            #expect(view.originals(of: "shared").count == 1)
            #expect(view.notices(of: scene.bot).count == 1)
            #expect(first.isRunning && second.isRunning, "\(first.errorText) \(second.errorText)")
        }
    }

    @Test func `another login of the same account: the second says why it won't`() async throws {
        let scene = try await MatrixRoomScene(.shared(.off))
        try await withCoordinator { home, _ in
            _ = try await scene.gateway(home, limits: .off)
            let other = try await scene.bot.logIn(device: "OTHER")
            let second = try scene.start(home, ["--state", "\(home.path)/second"], as: other)
            #expect(try await second.end() == .exited(2))
            #expect(second.errorText.contains("another gateway posts as \(scene.bot.id)"))
        }
    }
}

import BatchProgress
import Foundation
import Glibc
import MatrixAPI
import MatrixTesting
import ProcessTesting
import Testing

/// What a homeserver, a room or its people may do to the gateway: each is said clearly, and has a decent answer.
@Suite(Room()) struct FaultTests {
    @Test func `a revoked token: it ends, and says what to do`() async throws {
        try await withBatchShown { home, scene, gateway in
            try await scene.bot.logOut()
            #expect(try await gateway.end() == .exited(2))
            #expect(gateway.errorText.contains("TALLY_MATRIX_TOKEN"), "\(gateway.errorText)")
        }
    }

    @Test func `removed from the room, and invited again: it goes on with the same message`() async throws {
        try await withBatchShown("--allow-inviter", nil) { home, scene, gateway in
            try await scene.ann.kick(scene.bot, from: scene.room)
            try await eventually("it says so") {
                gateway.errorText.contains("WARN") || gateway.errorText.contains("warning")
            }
            try await scene.ann.invite(scene.bot, to: scene.room)
            let view = try await scene.whenEnded("shown", within: .seconds(120))
            #expect(view.originals(of: "shown").count == 1)
            #expect(gateway.isRunning, "\(gateway.errorText)")
        }
    }

    @Test func `a message that somebody redacted stays away`() async throws {
        try await withBatchShown { home, scene, gateway in
            let message = try #require(try await scene.look().originals(of: "shown").first)
            try await scene.ann.redact(message.id, in: scene.room)
            try await eventually("it says so") { gateway.errorText.contains("stays away") }
            _ = try await home.end(of: "shown")
            #expect(try await scene.look().originals(of: "shown").isEmpty)
            #expect(gateway.isRunning, "\(gateway.errorText)")
        }
    }

    @Test func `a room that is encrypted while it posts there: it stops, with the reason`() async throws {
        try await withBatchShown { home, scene, gateway in
            try await scene.ann.setState(
                in: scene.room, type: "m.room.encryption", to: ["algorithm": "m.megolm.v1.aes-sha2"])
            try await eventually("it says so") { gateway.errorText.contains("encrypted") }
            let before = try await scene.look().events.count
            _ = try await home.end(of: "shown")
            #expect(try await scene.look().events.count <= before + 1, "but for one that was on its way")
            #expect(gateway.isRunning, "\(gateway.errorText)")
        }
    }

    @Test func `an upgraded room: it goes on in the new one, once it is invited there`() async throws {
        try await withBatchShown { home, scene, gateway in
            let new = try await scene.ann.upgrade(scene.room)
            try await eventually("it says so") { gateway.errorText.contains("going on in \(new)") }
            try await scene.ann.invite(scene.bot, to: new)
            _ = try await home.end(of: "shown")
            let view = try await eventuallyValue("it ended in the new room") {
                let view = try await scene.ann.look(at: new)
                let message = view.originals(of: "shown").first
                return message.map { view.body(of: $0).contains("completed") } == true ? view : nil
            }
            #expect(view.originals(of: "shown").count == 1)
            #expect(gateway.isRunning, "\(gateway.errorText)")
        }
    }

    @Test func `an encrypted room is refused, with the reason`() async throws {
        let scene = try await MatrixRoomScene(.shared(.off))
        try await scene.ann.setState(
            in: scene.room, type: "m.room.encryption", to: ["algorithm": "m.megolm.v1.aes-sha2"])
        try await withCoordinator { home, _ in
            let gateway = try scene.start(home)
            #expect(try await gateway.end() == .exited(2))
            #expect(gateway.errorText.contains("encrypted"), "\(gateway.errorText)")
            #expect(try await scene.look().messages(of: scene.bot).isEmpty)
        }
    }

    @Test(arguments: ["status500", "rubbish", "array", "closed", "nonsense"])
    func `what is no homeserver: it says so at once, and ends`(fault: String) async throws {
        let scene = try await MatrixRoomScene(.shared(.off))
        try await withCoordinator { home, _ in
            let script =
                URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
                + "/MatrixAPITests/faulty.py"
            let server = try home.start(words: [bytes("/usr/bin/python3"), bytes(script)])
            let port = try await eventuallyValue("the server listens") {
                server.outputText.hasSuffix("\n") ? server.outputText.dropLast() : nil
            }
            let gateway = try scene.start(home, homeserver: "http://127.0.0.1:\(port)/\(fault)")
            #expect(try await gateway.end() == .exited(2))
            #expect(gateway.errorText.contains("Is it the address"), "\(gateway.errorText)")
            #expect(!gateway.errorText.contains(scene.bot.account.accessToken))
            #expect(server.errorText.split(separator: "\n").count <= 3, "it doesn't ask in a loop")
        }
    }

    /// - Parameter arguments: nil: Ann's id.
    private func withBatchShown(
        _ arguments: String?..., body: (Home, MatrixRoomScene, TestProcess) async throws -> Void
    ) async throws {
        let scene = try await MatrixRoomScene(.shared(.off))
        try await withCoordinator { home, _ in
            _ = try home.worker(slots: 2)
            let gateway = try scene.start(
                home, ["--show-after", "1s"] + arguments.map { $0 ?? scene.ann.id })
            try await home.sleepers("shown", count: 400, seconds: 0.05)
            try await eventually("the batch is shown") {
                guard gateway.isRunning else { throw Overdue(gateway.errorText) }
                return try await !scene.look().originals(of: "shown").isEmpty
            }
            try await body(home, scene, gateway)
        }
    }
}

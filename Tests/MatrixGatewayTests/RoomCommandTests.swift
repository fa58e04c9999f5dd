import BatchProgress
import MatrixAPI
import MatrixTesting
import ProcessTesting
import Testing

/// What people ask for in a room.
@Suite(Room()) struct RoomCommandTests {
    @Test func `everybody may look; whoever may cancels, and the coordinator knows who it was`() async throws
    {
        let scene = try await MatrixRoomScene(.shared(.off))
        let bob = try await scene.synapse.user("bob")
        try await scene.ann.invite(bob, to: scene.room)
        try await bob.client.join(room: scene.room)
        try await withCoordinator { home, coordinator in
            _ = try home.worker(slots: 2)
            let gateway = try await scene.gateway(
                home, "--show-after", "1s", "--allow-command-from", scene.ann.id, limits: .off)
            try await home.sleepers("asked", count: 2000, seconds: 0.05)

            #expect(try await scene.answer(to: "!tally help", by: bob).contains("!tally cancel"))
            #expect(try await scene.answer(to: "!tally list", by: bob).contains("batch asked"))
            #expect(try await scene.answer(to: "!tally status", by: bob).contains("one batch runs"))
            #expect(try await scene.answer(to: "!tally status asked", by: bob).contains("of 2,000"))
            #expect(try await scene.answer(to: "!tally status none", by: bob).contains("no batch 'none'"))
            #expect(try await scene.answer(to: "!tally dance", by: bob).contains("no command"))

            let refusal = try await scene.answer(to: "!tally cancel asked", by: bob)
            #expect(refusal.contains("you may not change batches"))
            #expect(try await home.event(of: "asked").status.isEnd == false)
            #expect(!coordinator.errorText.contains(bob.id))

            let answer = try await scene.answer(to: "!tally cancel asked", by: scene.ann)
            #expect(answer == "batch asked is being cancelled")
            #expect(try await home.end(of: "asked").status == .cancelled)
            #expect(coordinator.lines(with: "cancel", scene.ann.id, "interface=matrix").count == 1)
            let view = try await scene.whenEnded("asked")
            let message = try #require(view.originals(of: "asked").first)
            #expect(view.body(of: message).contains("cancelled at"))
            #expect(gateway.isRunning, "\(gateway.errorText)")
        }
    }
}

extension MatrixRoomScene {
    /// What the gateway answers to what somebody says.
    fileprivate func answer(to words: String, by user: MatrixUser) async throws -> String {
        let command = try await user.say(words, in: room)
        return try await eventuallyValue("an answer to '\(words)'") {
            try await look().messages(of: bot).first { $0.isReply(to: command) }?.content["body"]?.string
        }
    }
}

extension MatrixEvent {
    fileprivate func isReply(to event: String) -> Bool {
        content["m.relates_to"]?["m.in_reply_to"]?["event_id"]?.string == event
    }
}

extension TestProcess {
    fileprivate func lines(with words: String...) -> [Substring] {
        errorText.split(separator: "\n").filter { line in words.allSatisfy { line.contains($0) } }
    }
}

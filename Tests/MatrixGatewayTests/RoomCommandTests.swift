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

    /// What anybody may send, the gateway passes over: it goes on hearing the others.
    @Test func `a message that is nested too deep doesn't keep others from being heard`() async throws {
        let scene = try await MatrixRoomScene(.shared(.off))
        try await withCoordinator { home, _ in
            let gateway = try await scene.gateway(home, limits: .off)
            #expect(try await scene.answer(to: "!tally status", by: scene.ann).contains("no batch runs"))
            // A few levels more than this, and Synapse refuses it; within the answer to a sync it is deeper by eight.
            var deep: JSONValue = []
            for _ in 1...122 { deep = [deep] }
            _ = try await scene.ann.client.send(
                room: scene.room, type: "m.room.message", transaction: "deep",
                content: ["msgtype": "m.text", "body": "look at this", "dev.tally.test": deep])
            #expect(try await scene.answer(to: "!tally help", by: scene.ann).contains("!tally cancel"))
            #expect(!gateway.errorText.contains("no JSON object"), "\(gateway.errorText)")
        }
    }

    /// From when it says that it is in the room, though it hears nothing before there is a coordinator.
    @Test func `what is asked of a gateway that waits for its coordinator is answered then`() async throws {
        let scene = try await MatrixRoomScene(.shared(.off))
        try await withHome { home in
            let gateway = try await scene.gateway(home, limits: .off)
            let early = try await scene.ann.say("!tally status", in: scene.room)
            _ = try await home.coordinator()
            #expect(try await scene.answer(to: early).contains("no batch runs"))
            #expect(gateway.isRunning, "\(gateway.errorText)")
        }
    }

    /// Ann made the room, so she has power in it; Bob has none.
    @Test func `whoever has power pauses, goes on and tries again; who watches is told`() async throws {
        let scene = try await MatrixRoomScene(.shared(.off))
        let bob = try await scene.synapse.user("bob")
        try await scene.ann.invite(bob, to: scene.room)
        try await bob.client.join(room: scene.room)
        try await withCoordinator { home, coordinator in
            _ = try home.worker(slots: 2)
            _ = try await scene.gateway(
                home, "--show-after", "1s", "--mention-after", "600s", "--command-power-level", "50",
                limits: .off)
            try await home.sleepers("steered", count: 300, seconds: 0.05)
            #expect(try await scene.answer(to: "!tally pause steered", by: bob).contains("power level of 50"))
            #expect(try await scene.answer(to: "!tally watch steered", by: bob).contains("you will be told"))

            #expect(try await scene.answer(to: "!tally pause steered", by: scene.ann).contains("is paused"))
            #expect(try await home.event(of: "steered").status == .paused)
            try await eventually("the room shows the pause") {
                let view = try await scene.look()
                return view.originals(of: "steered").first.map { view.body(of: $0).contains("paused") }
                    ?? false
            }
            #expect(try await scene.answer(to: "!tally resume steered", by: scene.ann).contains("goes on"))
            #expect(try await home.end(of: "steered").status == .completed)
            let told = try await eventuallyValue("Bob is told") {
                try await scene.look().mentions.first
            }
            #expect(told.content["m.mentions"]?["user_ids"]?.array == [.string(bob.id)])

            try await home.submit("broken", [#"{"type":"command","data":{"shell":"exit 7"}}"#])
            #expect(try await home.end(of: "broken").status == .failed)
            let answer = try await scene.answer(to: "!tally retry broken", by: scene.ann)
            let new = try #require(answer.split(separator: " ").dropFirst().first.map(String.init))
            #expect(answer.contains("is the retry of broken's failures"))
            #expect(try await home.end(of: new).failedOperations == 1)
            #expect(try await home.run("status", new, "--json").output.contains(scene.ann.id))
            for verb in ["pause", "resume"] {
                #expect(coordinator.lines(with: verb, scene.ann.id, "interface=matrix").count == 1, "\(verb)")
            }
        }
    }
}

extension MatrixRoomScene {
    /// What the gateway answers to what somebody says.
    fileprivate func answer(to words: String, by user: MatrixUser) async throws -> String {
        try await answer(to: user.say(words, in: room))
    }

    /// - Parameter command: the event's id.
    fileprivate func answer(to command: String) async throws -> String {
        try await eventuallyValue("an answer to what was asked") {
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

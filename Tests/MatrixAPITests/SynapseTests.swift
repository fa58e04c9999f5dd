import BatchProgress
import MatrixAPI
import MatrixTesting
import ProcessTesting
import Testing

/// Against a real homeserver.
@Suite(Room()) struct SynapseTests {
    private static let everything: JSONValue = ["room": ["timeline": ["limit": 50]]]

    @Test func `a login, whose it is, and its device`() async throws {
        let user = try await Synapse.shared(.off).user("tally")
        let login = try await user.logIn(device: "GATEWAY")
        #expect(login.account.deviceID == "GATEWAY")
        #expect(try await login.client.whoAmI() == (user.id, "GATEWAY"))
        #expect(try await Set(user.client.devices().map(\.id)) == [user.account.deviceID, "GATEWAY"])
        #expect(try await !user.client.versions().isEmpty)
    }

    @Test func `a wrong password`() async throws {
        let user = try await Synapse.shared(.off).user("tally")
        await #expect(throws: MatrixError.forbidden("Invalid username or password")) {
            try await MatrixClient.login(
                homeserver: user.account.homeserver, user: user.id, password: "wrong", deviceID: nil,
                deviceName: "test")
        }
    }

    @Test func `a token that is worth nothing any more`() async throws {
        let user = try await Synapse.shared(.off).user("tally")
        try await user.logOut()
        await #expect(throws: MatrixError.unknownToken(softLogout: false)) { try await user.client.whoAmI() }
    }

    @Test func `invited, joined, kicked out`() async throws {
        let synapse = try await Synapse.shared(.off)
        let (ann, bot) = (try await synapse.user("ann"), try await synapse.user("bot"))
        let room = try await ann.createRoom(inviting: [bot])
        let invited = try await bot.client.sync(
            since: nil, user: bot.id, filter: Self.everything, timeout: .zero)
        #expect(invited.invites == [room: ann.id])
        #expect(try await bot.client.join(room: room) == room)
        let joined = try await bot.client.sync(
            since: invited.nextBatch, user: bot.id, filter: Self.everything, timeout: .zero)
        #expect(Array(joined.joined.keys) == [room])
        try await ann.kick(bot, from: room)
        let kicked = try await bot.client.sync(
            since: joined.nextBatch, user: bot.id, filter: Self.everything, timeout: .zero)
        let member = kicked.left[room]?.events.last { $0.stateKey == bot.id }
        #expect(member?.sender == ann.id)
        await #expect(throws: MatrixError.self) { try await bot.say("hello", in: room) }
    }

    @Test func `an alias`() async throws {
        let synapse = try await Synapse.shared(.off)
        let ann = try await synapse.user("ann")
        let name = "builds \(ann.id.dropFirst().prefix(12))".replacing(" ", with: "-")
        let room = try await ann.createRoom(alias: name)
        #expect(try await ann.client.resolve(alias: "#\(name):\(Synapse.serverName)") == room)
        await #expect(throws: MatrixError.self) {
            try await ann.client.resolve(alias: "#no such/alias:\(Synapse.serverName)")
        }
    }

    @Test func `what is sent again under one transaction is sent once`() async throws {
        let ann = try await Synapse.shared(.off).user("ann")
        let room = try await ann.createRoom()
        func send(_ transaction: String) async throws -> String {
            try await ann.client.send(
                room: room, type: "m.room.message", transaction: transaction,
                content: ["msgtype": "m.notice", "body": "hello"])
        }
        let first = try await send("batch/1 %")
        #expect(try await send("batch/1 %") == first)
        #expect(try await send("batch/2 %") != first)
        #expect(try await ann.look(at: room).notices(of: ann).count == 2)
    }

    @Test func `events, edits and redactions are read back`() async throws {
        let ann = try await Synapse.shared(.off).user("ann")
        let room = try await ann.createRoom()
        let id = try await ann.say("one", in: room)
        for text in ["two", "three"] {
            _ = try await ann.client.send(
                room: room, type: "m.room.message", transaction: text,
                content: [
                    "msgtype": "m.text", "body": .string("* " + text),
                    "m.new_content": ["msgtype": "m.text", "body": .string(text)],
                    "m.relates_to": ["rel_type": "m.replace", "event_id": .string(id)],
                ])
        }
        let view = try await ann.look(at: room)
        let message = try #require(view.messages(of: ann).first)
        #expect(view.messages(of: ann).count == 1)
        #expect(view.contents(of: message).map { $0["body"]?.string } == ["one", "two", "three"])
        try await ann.redact(id, in: room)
        #expect(try await ann.client.event(room: room, id: id)?.isRedacted == true)
        #expect(try await ann.client.event(room: room, id: "$none") == nil)
    }

    @Test func `state, power, and what is kept with a room`() async throws {
        let synapse = try await Synapse.shared(.off)
        let (ann, bot) = (try await synapse.user("ann"), try await synapse.user("bot"))
        let open = try await ann.createRoom()
        let closed = try await ann.createRoom(encrypted: true)
        #expect(try await ann.client.state(room: open, type: "m.room.encryption") == nil)
        #expect(try await ann.client.state(room: closed, type: "m.room.encryption") != nil)
        let power = try await ann.client.powerLevels(room: open)
        #expect(power.level(of: ann.id) >= 100)
        #expect(power.level(of: bot.id) == 0)
        let (type, kept) = ("org.example.test", ["a": 1] as JSONValue)
        #expect(try await ann.client.roomAccountData(room: open, user: ann.id, type: type) == nil)
        try await ann.client.setRoomAccountData(room: open, user: ann.id, type: type, to: kept)
        #expect(try await ann.client.roomAccountData(room: open, user: ann.id, type: type) == kept)
    }

    @Test func `what is too large`() async throws {
        let ann = try await Synapse.shared(.off).user("ann")
        let room = try await ann.createRoom()
        await #expect(throws: MatrixError.tooLarge) {
            try await ann.say(String(repeating: "x", count: 66_000), in: room)
        }
    }

    @Test func `Synapse's own limits: after ten messages it says for how long to wait`() async throws {
        let ann = try await Synapse.shared(.standard).user("ann")
        let room = try await ann.createRoom()
        var wait: Duration?
        for number in 1...12 where wait == nil {
            do {
                try await ann.say("\(number)", in: room)
            } catch MatrixError.limited(let time) {
                wait = time
            }
        }
        let told = try #require(wait)
        #expect(told > .zero && told <= .seconds(10))
    }

    @Test func `who is mentioned has a highlight; notices and edits count for nothing`() async throws {
        let synapse = try await Synapse.shared(.off)
        let (ann, bot) = (try await synapse.user("ann"), try await synapse.user("bot"))
        let room = try await ann.createRoom(inviting: [bot])
        try await bot.client.join(room: room)
        _ = try await bot.client.send(
            room: room, type: "m.room.message", transaction: "1",
            content: ["msgtype": "m.notice", "body": "silent", "m.mentions": [:]])
        #expect(try await ann.unread(in: room) == (0, 0))
        _ = try await bot.client.send(
            room: room, type: "m.room.message", transaction: "2",
            content: [
                "msgtype": "m.text", "body": "look", "m.mentions": ["user_ids": [.string(ann.id)]],
            ])
        #expect(try await ann.unread(in: room) == (1, 1))
    }

    @Test func `killed and started again, it knows what it was sent`() async throws {
        let synapse = try await Synapse(.off)
        let ann = try await synapse.user("ann")
        let room = try await ann.createRoom()
        let content: JSONValue = ["msgtype": "m.notice", "body": "hello"]
        func send() async throws -> String {
            try await ann.client.send(room: room, type: "m.room.message", transaction: "1", content: content)
        }
        let id = try await send()
        try await synapse.kill()
        await #expect(throws: MatrixError.self) { try await send() }
        try await synapse.start()
        #expect(try await send() == id)
    }
}

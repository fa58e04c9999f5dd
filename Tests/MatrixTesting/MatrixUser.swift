import BatchProgress
import Foundation
import MatrixAPI
import Synchronization

/// Somebody with an account, who uses the API as a person's client does.
package struct MatrixUser: Sendable {
    package static let password = "a test's password"

    package let account: MatrixAccount
    package let client: MatrixClient

    package var id: String { account.userID }

    package init(_ account: MatrixAccount) throws {
        self.account = account
        client = try MatrixClient(account)
    }

    // MARK: Rooms

    package func createRoom(
        inviting others: [MatrixUser] = [], encrypted: Bool = false, alias: String? = nil
    ) async throws -> String {
        var body: JSONValue = [
            "preset": "private_chat", "name": "Builds",
            "invite": .array(others.map { .string($0.id) }),
        ]
        if let alias { body = body.merging(["room_alias_name": .string(alias)]) }
        if encrypted {
            let event: JSONValue = [
                "type": "m.room.encryption", "state_key": "",
                "content": ["algorithm": "m.megolm.v1.aes-sha2"],
            ]
            body = body.merging(["initial_state": [event]])
        }
        let answer = try await client.ask(MatrixRequest(.post, ["v3", "createRoom"], body: body))
        return answer["room_id"]?.string ?? ""
    }

    package func invite(_ other: MatrixUser, to room: String) async throws {
        try await tell(room, "invite", ["user_id": .string(other.id)])
    }

    package func kick(_ other: MatrixUser, from room: String) async throws {
        try await tell(room, "kick", ["user_id": .string(other.id), "reason": "a test"])
    }

    /// - Returns: the id of the room that takes its place.
    package func upgrade(_ room: String) async throws -> String {
        try await tell(room, "upgrade", ["new_version": "12"])["replacement_room"]?.string ?? ""
    }

    package func setState(in room: String, type: String, to content: JSONValue) async throws {
        _ = try await client.ask(
            MatrixRequest(.put, ["v3", "rooms", room, "state", type, ""], body: content))
    }

    package func redact(_ event: String, in room: String) async throws {
        let path = ["v3", "rooms", room, "redact", event, UUID().uuidString]
        _ = try await client.ask(MatrixRequest(.put, path, body: ["reason": "a test"]))
    }

    @discardableResult
    private func tell(_ room: String, _ verb: String, _ body: JSONValue) async throws -> JSONValue {
        try await client.ask(MatrixRequest(.post, ["v3", "rooms", room, verb], body: body))
    }

    // MARK: Messages

    /// - Returns: the event's id.
    @discardableResult
    package func say(_ text: String, in room: String) async throws -> String {
        try await client.send(
            room: room, type: "m.room.message", transaction: UUID().uuidString,
            content: ["msgtype": "m.text", "body": .string(text), "m.mentions": [:]])
    }

    /// All that a client would show of a room.
    package func look(at room: String) async throws -> RoomView {
        var events: [MatrixEvent] = []
        var page = try await client.messages(room: room)
        while true {
            events += page.events
            guard let end = page.end, !page.events.isEmpty else { break }
            page = try await client.messages(room: room, from: end)
        }
        return RoomView(events: events.reversed())
    }

    /// What a client shows beside the room's name.
    package func unread(in room: String) async throws -> (notifications: Int64, highlights: Int64) {
        // The same question is answered from a cache for two minutes.
        let filter: JSONValue = ["room": ["timeline": ["limit": .integer(Self.nextQuestion())]]]
        let query = [(name: "filter", value: String(decoding: filter.bytes, as: UTF8.self))]
        let answer = try await client.ask(
            MatrixRequest(.get, ["v3", "sync"], query: query, answerLimit: 8 << 20))
        let counts = answer["rooms"]?["join"]?[room]?["unread_notifications"]
        return (
            counts?["notification_count"]?.integer ?? 0, counts?["highlight_count"]?.integer ?? 0
        )
    }

    private static let questions = Mutex<Int64>(0)

    private static func nextQuestion() -> Int64 {
        questions.withLock { number in
            number = number % 90 + 1
            return number
        }
    }

    // MARK: Logins

    /// Its token is worth nothing from now on.
    package func logOut() async throws {
        _ = try await client.ask(MatrixRequest(.post, ["v3", "logout"], body: [:]))
    }

    package func logIn(device: String?) async throws -> MatrixUser {
        try MatrixUser(
            await MatrixClient.login(
                homeserver: account.homeserver, user: id, password: Self.password, deviceID: device,
                deviceName: "a test"))
    }
}

extension Synapse {
    /// A new account, whose name begins with this one.
    package func user(_ name: String) async throws -> MatrixUser {
        let localPart = "\(name)-\(UUID().uuidString.lowercased().prefix(8))"
        let client = try MatrixClient(homeserver: url, accessToken: nil)
        let body: JSONValue = [
            "auth": ["type": "m.login.dummy"], "username": .string(localPart),
            "password": .string(MatrixUser.password), "initial_device_display_name": "a test",
        ]
        let answer = try await client.ask(MatrixRequest(.post, ["v3", "register"], body: body))
        return try MatrixUser(
            MatrixAccount(
                homeserver: url, userID: answer["user_id"]?.string ?? "",
                deviceID: answer["device_id"]?.string ?? "",
                accessToken: answer["access_token"]?.string ?? ""))
    }
}

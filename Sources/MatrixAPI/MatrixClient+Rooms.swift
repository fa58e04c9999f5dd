import BatchProgress

extension MatrixClient {
    /// The id of the room that has this alias, such as `#builds:example.org`.
    package func resolve(alias: String) async throws -> String {
        try await ask(MatrixRequest(.get, ["v3", "directory", "room", alias])).text("room_id")
    }

    /// Joins a room, or stays in it.
    /// - Returns: its id.
    @discardableResult
    package func join(room: String) async throws -> String {
        try await ask(MatrixRequest(.post, ["v3", "join", room], body: [:], timeout: .seconds(60))).text(
            "room_id")
    }

    /// Leaves a room, or declines its invitation.
    package func leave(room: String) async throws {
        _ = try await ask(MatrixRequest(.post, ["v3", "rooms", room, "leave"], body: [:]))
    }

    /// The content of a state event; nil if the room has none such.
    package func state(room: String, type: String, key: String = "") async throws -> JSONValue? {
        try await unlessMissing { try await ask(.state(room: room, type: type, key: key)) }
    }

    /// Who may do what in the room.
    package func powerLevels(room: String) async throws -> PowerLevels {
        let levels = try await state(room: room, type: "m.room.power_levels")
        let creation = try await unlessMissing {
            try await ask(.state(room: room, type: "m.room.create", key: "", query: [("format", "event")]))
        }
        return PowerLevels(content: levels, creation: creation)
    }

    /// - Parameters:
    ///   - transaction: what is sent again under the same one is not sent twice.
    ///   - content: without numbers that aren't whole.
    /// - Returns: the event's id.
    package func send(room: String, type: String, transaction: String, content: JSONValue) async throws
        -> String
    {
        precondition(content.isCanonical, "homeservers refuse numbers that aren't whole, or above 2^53")
        let path = ["v3", "rooms", room, "send", type, transaction]
        return try await ask(MatrixRequest(.put, path, body: content)).text("event_id")
    }

    /// nil if the room has no such event, or this account may not see it.
    package func event(room: String, id: String) async throws -> MatrixEvent? {
        let path = ["v3", "rooms", room, "event", id]
        return try await unlessMissing { try await ask(MatrixRequest(.get, path)) }.flatMap(MatrixEvent.init)
    }

    /// The newest messages first, or those before an earlier page.
    /// - Parameter token: an earlier page's `end`.
    package func messages(room: String, from token: String? = nil, limit: Int = 100) async throws
        -> MessagePage
    {
        var query = [(name: "dir", value: "b"), (name: "limit", value: "\(limit)")]
        if let token { query.append((name: "from", value: token)) }
        let path = ["v3", "rooms", room, "messages"]
        let answer = try await ask(MatrixRequest(.get, path, query: query, answerLimit: 8 << 20))
        return MessagePage(
            events: try answer.list("chunk").compactMap(MatrixEvent.init), end: answer["end"]?.string)
    }

    /// What the account itself keeps with a room; nil if there is nothing of that type.
    package func roomAccountData(room: String, user: String, type: String) async throws -> JSONValue? {
        try await unlessMissing {
            try await ask(MatrixRequest(.get, ["v3", "user", user, "rooms", room, "account_data", type]))
        }
    }

    package func setRoomAccountData(room: String, user: String, type: String, to content: JSONValue)
        async throws
    {
        precondition(content.isCanonical, "homeservers refuse numbers that aren't whole, or above 2^53")
        let path = ["v3", "user", user, "rooms", room, "account_data", type]
        _ = try await ask(MatrixRequest(.put, path, body: content))
    }

    private func unlessMissing<Value>(_ find: () async throws -> Value) async throws -> Value? {
        do {
            return try await find()
        } catch MatrixError.notFound {
            return nil
        }
    }
}

extension MatrixRequest {
    fileprivate static func state(
        room: String, type: String, key: String, query: [(name: String, value: String)] = []
    ) -> MatrixRequest {
        MatrixRequest(.get, ["v3", "rooms", room, "state", type, key], query: query)
    }
}

package struct MessagePage: Sendable {
    package var events: [MatrixEvent]
    /// Where the next page begins; nil if there is none.
    package var end: String?
}

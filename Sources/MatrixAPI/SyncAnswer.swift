import BatchProgress

/// What has happened in the account's rooms since the last time.
///
/// https://spec.matrix.org/v1.19/client-server-api/#syncing
package struct SyncAnswer: Sendable {
    package struct Room: Sendable {
        /// What the room was before the timeline, as far as that has changed.
        package var state: [MatrixEvent]
        /// In the homeserver's order.
        package var timeline: [MatrixEvent]
        /// There were more: the oldest are left out.
        package var isLimited: Bool

        package var events: [MatrixEvent] { state + timeline }
    }

    /// What to ask with the next time.
    package var nextBatch: String
    /// Who invites, by room.
    package var invites: [String: String]
    package var joined: [String: Room]
    /// Left, kicked out of, or banned from.
    package var left: [String: Room]

    /// - Parameter user: whose answer it is.
    init(_ json: JSONValue, user: String) throws(MatrixError) {
        nextBatch = try json.text("next_batch")
        let rooms = json["rooms"]
        joined = Self.rooms(rooms?["join"])
        left = Self.rooms(rooms?["leave"])
        invites = (rooms?["invite"]?.object ?? [:]).compactMapValues { room in
            room["invite_state"]?["events"]?.array?.first {
                $0["type"]?.string == "m.room.member" && $0["state_key"]?.string == user
            }?["sender"]?.string
        }
    }

    private static func rooms(_ json: JSONValue?) -> [String: Room] {
        (json?.object ?? [:]).mapValues { room in
            Room(
                state: events(room["state"]), timeline: events(room["timeline"]),
                isLimited: room["timeline"]?["limited"]?.bool ?? false)
        }
    }

    private static func events(_ json: JSONValue?) -> [MatrixEvent] {
        json?["events"]?.array?.compactMap(MatrixEvent.init) ?? []
    }
}

extension MatrixClient {
    /// Waits for news.
    /// - Parameters:
    ///   - since: an earlier answer's `nextBatch`; nil begins with how things are.
    ///   - user: whose token this is.
    ///   - filter: what is wanted of all that happens: JSON, https://spec.matrix.org/v1.19/client-server-api/#filtering
    ///   - timeout: for how long the homeserver waits for something to tell.
    package func sync(since: String?, user: String, filter: JSONValue, timeout: Duration) async throws
        -> SyncAnswer
    {
        let milliseconds = timeout.components.seconds * 1000
        var query = [
            (name: "filter", value: String(decoding: filter.bytes, as: UTF8.self)),
            (name: "timeout", value: "\(milliseconds)"), (name: "set_presence", value: "offline"),
        ]
        if let since { query.append((name: "since", value: since)) }
        let request = MatrixRequest(
            .get, ["v3", "sync"], query: query, timeout: timeout + .seconds(30), answerLimit: 8 << 20)
        return try SyncAnswer(try await ask(request), user: user)
    }
}

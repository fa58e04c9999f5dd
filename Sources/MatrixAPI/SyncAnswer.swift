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

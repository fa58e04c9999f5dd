import BatchProgress

/// An event of a room, as clients are given it.
///
/// https://spec.matrix.org/v1.19/client-server-api/#room-event-format
package struct MatrixEvent: Hashable, Sendable {
    package var id: String
    package var sender: String
    package var type: String
    /// Of a state event, such as whose membership it tells of.
    package var stateKey: String?
    package var content: JSONValue
    /// Milliseconds since 1970, by the clock of the sender's homeserver.
    package var timestamp: Int64
    /// Of a redaction: which event.
    package var redacts: String?
    /// It was redacted: nothing is left of its content.
    package var isRedacted: Bool
    /// Under which it was sent, if by this device.
    package var transaction: String?

    /// nil if it isn't one: whoever can send to a room can't keep others from reading it.
    init?(_ json: JSONValue) {
        guard let id = json["event_id"]?.string, let sender = json["sender"]?.string,
            let type = json["type"]?.string, let content = json["content"], content.object != nil
        else { return nil }
        self.id = id
        self.sender = sender
        self.type = type
        self.content = content
        stateKey = json["state_key"]?.string
        // Beyond what canonical JSON can say it is a lie, and nobody has to expect it.
        timestamp = min(max(0, json["origin_server_ts"]?.integer ?? 0), 1 << 53)
        // Since room version 11 in the content.
        redacts = json["redacts"]?.string ?? (type == "m.room.redaction" ? content["redacts"]?.string : nil)
        isRedacted = json["unsigned"]?["redacted_because"] != nil
        transaction = json["unsigned"]?["transaction_id"]?.string
    }

    /// How it stands to another event: the kind, such as `m.replace`, and the other's id.
    package var relation: (type: String, id: String)? {
        guard let relation = content["m.relates_to"], let type = relation["rel_type"]?.string,
            let id = relation["event_id"]?.string
        else { return nil }
        return (type, id)
    }
}

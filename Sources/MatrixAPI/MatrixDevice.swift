import BatchProgress

/// A login of an account.
package struct MatrixDevice: Hashable, Sendable {
    package var id: String
    package var name: String?
    /// Milliseconds since 1970; kept by homeservers to some minutes.
    package var lastSeen: Int64?

    init?(_ json: JSONValue) {
        guard let id = json["device_id"]?.string else { return nil }
        self.id = id
        name = json["display_name"]?.string
        lastSeen = json["last_seen_ts"]?.integer
    }
}

import BatchProgress
import MatrixAPI

/// What gateways of one account tell each other, in the account's own data of a room, which nobody else sees: who posts
/// here, and that it still does.
struct GatewayClaim: Hashable, Sendable {
    static let type = "dev.tally.gateway"
    /// How often it is said again.
    static let interval: Duration = .seconds(20)
    /// After so long without a word a gateway is taken to be gone.
    static let silence: Duration = .seconds(65)

    var device: String
    /// One state folder; it outlives the process.
    var instance: String
    /// When its process began, and its last word, in milliseconds since 1970.
    var since: Int64
    var at: Int64

    /// What makes way for another.
    enum Rival: Hashable {
        /// Of another device: the homeserver wouldn't know that what it sends is the same.
        case otherDevice(String)
        /// Of this device, with a state folder of its own.
        case sameDevice
    }

    /// Who has the room before us, if anybody has; of two that began together the one that was first.
    func rival(_ other: GatewayClaim?, at now: Int64) -> Rival? {
        guard let other, other.instance != instance, other.at > now - Self.silence.milliseconds,
            (other.since, other.instance) < (since, instance)
        else { return nil }
        return other.device == device ? .sameDevice : .otherDevice(other.device)
    }
}

extension GatewayClaim {
    init?(_ json: JSONValue?) {
        guard let json, let device = json["device"]?.string, let instance = json["instance"]?.string,
            let since = json["since"]?.integer, let at = json["at"]?.integer
        else { return nil }
        self.init(device: device, instance: instance, since: since, at: at)
    }

    var json: JSONValue {
        [
            "device": .string(device), "instance": .string(instance), "since": .integer(since),
            "at": .integer(at),
        ]
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 { microseconds / 1000 }
}

extension Timestamp {
    var milliseconds: Int64 { microseconds / 1000 }
}

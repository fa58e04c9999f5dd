import BatchProgress
import MatrixAPI

/// Comes into a room, if it is one for us.
struct RoomEntry {
    let client: MatrixClient
    let userID: String

    /// - Parameter name: an id or an alias, as it was set.
    /// - Returns: the room's id.
    /// - Throws: `GatewayFault`, `MatrixError`.
    func enter(_ name: String) async throws -> String {
        do {
            let id = try await client.join(room: name.hasPrefix("#") ? try await resolve(name) : name)
            if let reason = try await refusal(of: id) { throw GatewayFault("\(name): \(reason)") }
            return id
        } catch MatrixError.forbidden(let message) {
            throw GatewayFault(
                "\(name): \(message.withoutStop). Invite \(userID) into the room, and start again")
        } catch MatrixError.notFound(let message) {
            throw GatewayFault(
                "\(name): there is no such room, or \(userID) may not know of it (\(message.withoutStop)). Invite it, or name the "
                    + "room as its settings do: !id:server or #alias:server")
        } catch MatrixError.refused(_, let code, let message) {
            throw GatewayFault(
                "\(name) can't be joined: \(message.withoutStop) (\(code)). Is the room's name right?")
        }
    }

    private func resolve(_ alias: String) async throws -> String {
        do {
            return try await client.resolve(alias: alias)
        } catch MatrixError.notFound {
            throw GatewayFault("\(alias): no room has this alias")
        }
    }

    /// Why nothing may be posted there; nil if all is well.
    func refusal(of room: String) async throws -> String? {
        guard try await client.state(room: room, type: "m.room.encryption") != nil else { return nil }
        return Self.encrypted
    }

    static let encrypted =
        "the room is encrypted, and this gateway can't encrypt: what it posted would stand there in the clear. Use a "
        + "room without encryption"
}

extension String {
    /// Homeservers end some sentences and not others.
    fileprivate var withoutStop: String { hasSuffix(".") ? String(dropLast()) : self }
}

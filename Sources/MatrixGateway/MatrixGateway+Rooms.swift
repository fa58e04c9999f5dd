import BatchProgress
import Logging
import MatrixAPI
import MatrixRoom

/// What becomes of rooms: invitations, removals, upgrades, encryption.
extension MatrixGateway {
    /// - Parameter inviter: a user's id, if the homeserver says it.
    func join(_ room: String, invitedBy inviter: String) async throws {
        let isOurs = rooms.contains(room)
        let isAllowed = MatrixUserID(inviter).map(configuration.inviters.contains) ?? false
        guard isOurs || isAllowed else {
            log.notice(
                "\(inviter) invites into \(room), and is not among those named by --allow-inviter: not joined"
            )
            return
        }
        do {
            try await enter(room)
            if !isOurs { try rememberInvited(room) }
            log.notice("joined \(room), by invitation of \(inviter)")
        } catch let error as MatrixError {
            log.warning("\(room): can't be joined: \(error)")
        } catch let fault as GatewayFault {
            log.warning("\(fault)")
            try? await client.leave(room: room)
        }
    }

    private func enter(_ room: String) async throws {
        let room = try await RoomEntry(client: client, userID: account.userID).enter(room)
        rooms.insert(room)
        open(room)
    }

    private func rememberInvited(_ room: String) throws {
        var known = try store.fact(.invitedRooms, as: [String].self) ?? []
        if !known.contains(room) { known.append(room) }
        try store.setFact(.invitedRooms, to: known)
    }

    private func open(_ room: String) {
        closures[room] = nil
        joiningTimes[room] = nil
        schedule.open(room)
        // Batches that were looked at while the room was closed are looked at again.
        ignored = []
        waker.wake()
    }

    func close(_ room: String, _ closure: Closure, because reason: String) {
        guard rooms.contains(room), closures[room] != closure else { return }
        log.warning("\(room): \(reason)")
        closures[room] = closure
        schedule.close(room)
    }

    /// It may be that somebody gave us leave to post; if not, one request finds that out.
    func openRefusedRooms() {
        for (room, closure) in closures where closure == .refused { schedule.open(room) }
        waker.wake()
    }

    /// The room was upgraded: the new one has the same people, and is gone on in.
    func replace(_ room: String, by successor: String) async throws {
        guard rooms.contains(room) else { return }
        log.notice("\(room) was upgraded; going on in \(successor)")
        var replacements: [String: String] = try store.fact(.replacements) ?? [:]
        replacements[room] = successor
        try store.setFact(.replacements, to: replacements)
        rooms.remove(room)
        closures[room] = nil
        schedule.abandon(room)
        try store.removeMessages(in: room)
        // One that can't be joined yet may be later, by an invitation.
        rooms.insert(successor)
        do {
            try await enter(successor)
        } catch let error as MatrixError {
            close(successor, .refused, because: "can't be joined: \(error); invite \(account.userID)")
        } catch is GatewayFault {
            close(successor, .refused, because: "can't be joined yet; invite \(account.userID)")
        }
        try await showActiveBatches()
    }

    func redacted(_ event: String, in room: String) throws {
        guard let change = schedule.redact(event, in: room) else { return }
        log.notice(
            "the message of a batch was removed; it stays away",
            metadata: ["room": "\(room)", "batch": "\(change.key.batch)"])
        try save(change.kept, of: change.key)
    }
}

import BatchProgress
import Logging
import MatrixAPI

/// Says in each room that this gateway posts there, unless another does.
struct RoomClaims {
    private static let standingBy: Duration = .seconds(10)

    let client: MatrixClient
    let account: MatrixAccount
    let instance: String
    let clock: ProcessClock
    let since: Timestamp

    init(_ client: MatrixClient, _ account: MatrixAccount, instance: String) {
        self.client = client
        self.account = account
        self.instance = instance
        clock = ProcessClock()
        since = clock.now
    }

    /// - Returns: who was first; nil if all rooms are ours.
    func claim(_ rooms: some Sequence<String>) async throws -> GatewayClaim.Rival? {
        let claim = GatewayClaim(
            device: account.deviceID, instance: instance, since: since.milliseconds,
            at: clock.now.milliseconds)
        for room in rooms {
            let other = try await client.roomAccountData(
                room: room, user: account.userID, type: GatewayClaim.type)
            if let rival = claim.rival(GatewayClaim(other), at: claim.at) { return rival }
            try await say(claim, in: room)
        }
        return nil
    }

    /// So that another may begin at once.
    func release(_ rooms: some Sequence<String>) async {
        let claim = GatewayClaim(
            device: account.deviceID, instance: instance, since: since.milliseconds, at: 0)
        for room in rooms { try? await say(claim, in: room) }
    }

    private func say(_ claim: GatewayClaim, in room: String) async throws {
        try await client.setRoomAccountData(
            room: room, user: account.userID, type: GatewayClaim.type, to: claim.json)
    }

    /// Waits while a gateway with the same token is there: it takes over when that is gone.
    ///
    /// - Parameter status: is told what is waited for.
    /// - Throws: `GatewayFault` if there is one with another login.
    func waitForLead(in rooms: [String], telling status: GatewayStatus, _ log: Logger) async throws {
        var outage = Outage()
        var isTold = false
        status.begins(lacking: "the homeserver hasn't said yet whether another gateway posts")
        while true {
            do {
                let rival = try await claim(rooms)
                outage.end(log)
                switch rival {
                case nil: return
                case .otherDevice(let device): throw Self.fault(account, device)
                case .sameDevice:
                    status.begins(lacking: "another gateway posts with this token")
                    if !isTold {
                        log.notice("another gateway posts with this token; standing by until it is gone")
                    }
                    isTold = true
                    try await Task.sleep(for: Self.standingBy)
                }
            } catch let error as MatrixError {
                if case .unknownToken = error { throw GatewayFault.tokenRefused(account.homeserver, error) }
                let wait = outage.begin(error, log)
                // Whoever refuses is there.
                if wait == nil { outage.end(log) }
                status.begins(lacking: outage.isAway ? GatewayStatus.away(account.homeserver) : "\(error)")
                try await Task.sleep(for: wait ?? Self.standingBy)
            }
        }
    }

    static func fault(_ account: MatrixAccount, _ device: String) -> GatewayFault {
        GatewayFault(
            "another gateway posts as \(account.userID), with the login \(device): the two would send everything twice. "
                + "Stop that one, or give this one an account of its own. If it was killed, wait for a minute"
        )
    }
}

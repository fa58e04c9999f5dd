import BatchClient
import BatchProgress
import Logging
import MatrixAPI
import MatrixRoom

extension MatrixGateway {
    /// Until it can't go on, or the task is cancelled.
    ///
    /// - Parameter status: is told how far it is.
    /// - Throws: `GatewayFault` that says what is wrong and what to do; `BatchClientError`.
    package static func run(
        _ configuration: GatewayConfiguration, coordinator: CoordinatorAddress, status: GatewayStatus,
        log: Logger
    ) async throws {
        let store = try GatewayStore(folder: configuration.stateFolder)
        let account = try await AccountLogin(configuration: configuration, store: store, log: log).account()
        let client = try MatrixClient(account)
        let rooms = try await StartRooms(
            configuration: configuration, store: store,
            entry: RoomEntry(client: client, userID: account.userID), log: log
        ).enterAll()
        let claims = RoomClaims(client, account, instance: try instance(store))
        try await withReleasedClaims(claims, rooms) {
            try await claims.waitForLead(in: rooms, telling: status, log)
            status.begins(lacking: "no coordinator answers at \(coordinator)")
            // Whoever reads that may ask at once, though nothing is heard before there is a coordinator.
            let beginning = ProcessClock().now
            log.notice("\(account) posts in \(rooms.joined(separator: ", "))")
            try await BatchConnection.openOnceThere(to: coordinator, told: { log.warning("\($0)") }) {
                batches in
                var rooms = rooms
                while true {
                    // The coordinator may have been waited for, and then another has the lead.
                    try await claims.waitForLead(in: rooms, telling: status, log)
                    let gateway = try MatrixGateway(
                        configuration, store, account, rooms: rooms, hearingFrom: beginning, batches: batches,
                        log: log)
                    status.works(gateway)
                    do {
                        try await gateway.work(claim: claims)
                    } catch is MadeWay {
                        log.notice("another gateway with this token was first; making way")
                        // With those that it was invited into meanwhile.
                        rooms = await gateway.rooms.sorted()
                    }
                }
            }
        }
    }

    private static func instance(_ store: GatewayStore) throws -> String {
        if let known: String = try store.fact(.instance) { return known }
        var random = SystemRandomNumberGenerator()
        let new = BatchID.random(using: &random).description
        try store.setFact(.instance, to: new)
        return new
    }

    /// Also when it was cancelled: hence a task that isn't.
    private static func withReleasedClaims(
        _ claims: RoomClaims, _ rooms: [String], _ body: () async throws -> Void
    ) async throws {
        do {
            try await body()
        } catch is CancellationError {
            let release = Task { await claims.release(rooms) }
            let limit = Task {
                try await Task.sleep(for: .seconds(2))
                release.cancel()
            }
            await release.value
            limit.cancel()
            throw CancellationError()
        }
    }
}

import BatchClient
import BatchProgress
import Logging
import MatrixAPI
import MatrixRoom

/// Keeps one living message for each batch in Matrix rooms, and does what is asked there.
///
/// What is sent when is `MessageSchedule`'s to say; this is its shell, with four loops: what happens to batches, what is
/// to be sent, what happens in the rooms, and the word to other gateways that this one is there.
package actor MatrixGateway {
    /// Why nothing is sent to a room for now.
    enum Closure: Hashable {
        /// We were removed, or it was refused that we post: it is tried again now and then.
        case refused
        /// From then on for good.
        case encrypted
    }

    /// Another gateway with this one's token was first.
    struct MadeWay: Error {}

    let configuration: GatewayConfiguration
    let store: GatewayStore
    let client: MatrixClient
    let account: MatrixAccount
    let batches: BatchConnection
    let log: Logger
    /// When it began: of a gateway that has read nothing yet, what was asked before was asked of another, or of nobody.
    let beginning: Timestamp
    let clock = ProcessClock()
    let waker = Waker()
    var schedule: MessageSchedule
    /// In which messages are kept up.
    var rooms: Set<String>
    var closures: [String: Closure] = [:]
    /// Batches that run and aren't shown.
    var ignored: Set<BatchID> = []
    /// When we came into each room, as far as it had to be known.
    var joiningTimes: [String: Int64] = [:]
    var newestRevision: Int64 = 0
    var sendingOutage = Outage()
    var newsOutage = Outage()
    let metrics = GatewayMetrics()

    init(
        _ configuration: GatewayConfiguration, _ store: GatewayStore, _ account: MatrixAccount,
        rooms: [String], hearingFrom beginning: Timestamp, batches: BatchConnection, log: Logger
    ) throws {
        self.configuration = configuration
        self.store = store
        self.account = account
        self.beginning = beginning
        self.batches = batches
        self.log = log
        self.rooms = Set(rooms)
        client = try MatrixClient(account)
        var bucket = TokenBucket(
            perSecond: configuration.messagesPerSecond, burst: configuration.burst, at: clock.now)
        if let earlier: TokenBucket = try store.fact(.bucket) { bucket.resume(earlier, at: clock.now) }
        schedule = MessageSchedule(configuration.schedule, bucket: bucket, rooms: Set(rooms))
        for answer in try store.answers() { _ = schedule.add(answer, at: clock.now) }
    }

    /// Until it has to make way, or can't go on.
    ///
    /// - Throws: `MadeWay`, `GatewayFault`, `CancellationError`.
    func work(claim: RoomClaims) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.followBatches() }
            group.addTask { try await self.sendMessages() }
            group.addTask { try await self.followRooms() }
            group.addTask { try await self.keepClaiming(claim) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func keepClaiming(_ claims: RoomClaims) async throws {
        while true {
            try await Task.sleep(for: GatewayClaim.interval)
            do {
                switch try await claims.claim(rooms.filter { closures[$0] == nil }) {
                case nil: break
                case .sameDevice: throw MadeWay()
                case .otherDevice(let device): throw RoomClaims.fault(account, device)
                }
            } catch is MatrixError {
                // The other loops tell of a homeserver that is away.
            }
            try store.sweep(at: clock.now)
            openRefusedRooms()
        }
    }
}

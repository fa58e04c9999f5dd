import BatchProgress
import MatrixRoom

/// What the gateway knows of a homeserver: a limit like Synapse's, transactions that are done once, and what is in the
/// room.
struct SimulatedHomeserver {
    struct Message {
        var batch: BatchID
        /// In the order in which they were accepted; the first is the original's.
        var states: [(revision: Int64, status: BatchStatus, at: Timestamp)]
    }

    let perSecond: Double
    let burst: Double
    private(set) var messages: [String: Message] = [:]
    private(set) var mentions: [BatchID: Int] = [:]
    private(set) var accepted: [Timestamp] = []
    private(set) var refusals = 0
    private var transactions: [String: String] = [:]
    private var level: Double = 0
    private var leakedAt = Timestamp.at(0)

    init(perSecond: Double, burst: Int) {
        self.perSecond = perSecond
        self.burst = Double(burst)
    }

    mutating func receive(_ sending: Sending, at now: Timestamp) -> SendResult {
        if let event = transactions[sending.transaction] { return .accepted(eventID: event) }
        let leaked = max(0, level - (now - leakedAt).inSeconds * perSecond)
        guard leaked + 1 <= burst + 0.000_001 else {
            refusals += 1
            return .limited(retryAfter: .seconds((leaked + 1 - burst) / perSecond))
        }
        level = leaked + 1
        leakedAt = now
        accepted.append(now)
        let event = "$\(accepted.count)"
        transactions[sending.transaction] = event
        keep(sending, event, now)
        return .accepted(eventID: event)
    }

    private mutating func keep(_ sending: Sending, _ id: String, _ now: Timestamp) {
        switch sending.content {
        case .original(_, let event):
            messages[id] = Message(batch: event.batchId, states: [(event.revision, event.status, now)])
        case .edit(_, let event, let original):
            messages[original]?.states.append((event.revision, event.status, now))
        case .mention(_, let event, _): mentions[event.batchId, default: 0] += 1
        case .answer: break
        }
    }
}

import BatchProgress
import ZeroMQ

/// Requests whose answers have not come: each is sent again now and then, until it is answered or its time is
/// over.
struct OutstandingRequests {
    struct Request {
        var frames: [Frame]
        var sentAt: Timestamp
        var deadline: Timestamp?
        var resume: (Result<[Frame], any Error>) -> Void
    }

    /// An answer takes a round trip and a commit; what takes longer was lost, or the coordinator is away.
    static let resendAfter: Duration = .seconds(2)

    private var requests: [Int: Request] = [:]
    private var lastID = 0

    mutating func nextID() -> Int {
        lastID += 1
        return lastID
    }

    mutating func add(_ request: Request, id: Int) {
        requests[id] = request
    }

    mutating func take(_ id: Int) -> Request? {
        requests.removeValue(forKey: id)
    }

    mutating func takeAll() -> [Request] {
        defer { requests = [:] }
        return Array(requests.values)
    }

    mutating func takeOverdue(at now: Timestamp) -> [Request] {
        let overdue = requests.filter { $0.value.deadline.map { $0 <= now } ?? false }.keys
        return overdue.compactMap { requests.removeValue(forKey: $0) }
    }

    /// Those to be sent again now: all of them when the coordinator is known to be another one.
    mutating func toSendAgain(at now: Timestamp, all: Bool = false) -> [[Frame]] {
        requests.keys.sorted().compactMap { id in
            guard let request = requests[id], all || request.sentAt + Self.resendAfter <= now else {
                return nil
            }
            requests[id]?.sentAt = now
            return request.frames
        }
    }

    var nextDeadline: Timestamp? {
        requests.values.map { min($0.sentAt + Self.resendAfter, $0.deadline ?? $0.sentAt + Self.resendAfter) }
            .min()
    }
}

import CoreMetrics
import Synchronization

/// What the server counts, for whatever backend of swift-metrics its process has.
final class HTTPMetrics: Sendable {
    private let connections = Meter(label: "tally_http_connections")
    /// By the answer's status.
    private let requests = Mutex<[Int: Counter]>([:])

    init() {
        connections.set(0)
    }

    func answered(_ status: Int) {
        let counter = requests.withLock { requests in
            let counter =
                requests[status]
                ?? Counter(label: "tally_http_requests_total", dimensions: [("code", "\(status)")])
            requests[status] = counter
            return counter
        }
        counter.increment()
    }

    func opened() { connections.increment() }
    func closed() { connections.decrement() }
}

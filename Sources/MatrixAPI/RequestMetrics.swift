import CoreMetrics

/// Requests to the homeserver by what became of them, for whatever backend of swift-metrics the process has.
struct RequestMetrics: Sendable {
    private let answered = Self.requests("ok")
    private let limited = Self.requests("limited")
    private let refused = Self.requests("refused")
    private let unreachable = Self.requests("unreachable")
    private let connected = Gauge(label: "tally_matrix_connected")

    func answer() {
        answered.increment()
        connected.record(1)
    }

    func failed(_ error: MatrixError) {
        switch error {
        case .limited: limited.increment()
        case .unknownToken, .forbidden, .notFound, .tooLarge, .refused: refused.increment()
        case .unusable, .unreachable:
            unreachable.increment()
            return connected.record(0)
        }
        connected.record(1)
    }

    private static func requests(_ result: String) -> Counter {
        Counter(label: "tally_matrix_requests_total", dimensions: [("result", result)])
    }
}

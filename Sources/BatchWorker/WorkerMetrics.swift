import BatchProgress
import CoreMetrics

/// What a worker counts, for whatever backend of swift-metrics its process has.
struct WorkerMetrics {
    private let completed = Self.operations("completed")
    private let failed = Self.operations("failed")
    private let cancelled = Self.operations("cancelled")
    private let durations = Timer(label: "tally_worker_operation_seconds")
    private let running = Gauge(label: "tally_worker_operations_running")
    private let unacknowledged = Gauge(label: "tally_worker_reports_unacknowledged")
    private let connected = Gauge(label: "tally_coordinator_connected")

    init() {
        set(connected: false)
        set(running: 0, unacknowledged: 0)
    }

    func ended(_ outcome: OperationOutcome, after duration: Duration) {
        switch outcome.kind {
        case .completed: completed.increment()
        case .failed: failed.increment()
        case .cancelled: cancelled.increment()
        }
        durations.recordMicroseconds(duration.microseconds)
    }

    func set(running count: Int, unacknowledged reports: Int) {
        running.record(count)
        unacknowledged.record(reports)
    }

    func set(connected isConnected: Bool) { connected.record(isConnected ? 1 : 0) }

    private static func operations(_ outcome: String) -> Counter {
        Counter(label: "tally_worker_operations_total", dimensions: [("outcome", outcome)])
    }
}

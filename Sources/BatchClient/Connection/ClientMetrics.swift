import CoreMetrics

/// What a connection counts, for whatever backend of swift-metrics its process has.
struct ClientMetrics {
    private let connected = Gauge(label: "tally_coordinator_connected")
    private let events = Counter(label: "tally_mirror_events_total")
    private let gaps = Counter(label: "tally_mirror_gaps_total")
    private let snapshots = Counter(label: "tally_mirror_snapshots_total")
    private let readers = Gauge(label: "tally_mirror_readers")
    private var countedGaps = 0

    init() {
        set(connected: false)
        set(readers: 0)
    }

    func set(connected isConnected: Bool) { connected.record(isConnected ? 1 : 0) }
    func set(readers count: Int) { readers.record(count) }
    func tookEvent() { events.increment() }
    func tookSnapshot() { snapshots.increment() }

    /// - Parameter all: since the connection began.
    mutating func mended(_ all: Int) {
        gaps.increment(by: all - countedGaps)
        countedGaps = all
    }
}

import CoreMetrics
import Synchronization

/// What holds the numbers of a metric with one set of labels.
protocol MetricInstrument: AnyObject, Sendable {
    var samples: [MetricSample] { get }
}

final class CounterInstrument: MetricInstrument, CounterHandler {
    private let count = Atomic<Int64>(0)

    func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { count.store(0, ordering: .relaxed) }

    var samples: [MetricSample] { [MetricSample(value: Double(count.load(ordering: .relaxed)))] }
}

final class GaugeInstrument: MetricInstrument, RecorderHandler, MeterHandler {
    private let value = Mutex(0.0)

    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }

    var samples: [MetricSample] { [MetricSample(value: value.withLock { $0 })] }
}

/// Of times in seconds, and of other values as they are.
final class HistogramInstrument: MetricInstrument, RecorderHandler, TimerHandler {
    private struct State {
        /// Values up to each bound, and above the last; not added up.
        var counts: [Int]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: [Int](repeating: 0, count: bounds.count + 1)))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    var samples: [MetricSample] {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        var total = 0
        var samples: [MetricSample] = []
        for (bound, count) in zip(bounds + [.infinity], counts) {
            total += count
            let label = MetricLabel(name: "le", value: MetricSample.text(bound))
            samples.append(MetricSample(suffix: "_bucket", labels: [label], value: Double(total)))
        }
        samples.append(MetricSample(suffix: "_sum", value: sum))
        samples.append(MetricSample(suffix: "_count", value: Double(total)))
        return samples
    }
}

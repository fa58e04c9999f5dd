import CoreMetrics
import Synchronization

/// A backend of swift-metrics that tells Prometheus, in its text format, what was counted.
///
/// It tells of the metrics in `MetricDescription.all`; those that others make in this process are let go.
package final class PrometheusMetrics: MetricsFactory {
    private typealias Instruments = [[MetricLabel]: any MetricInstrument]

    private let descriptions: [String: MetricDescription]
    private let instruments = Mutex<[String: Instruments]>([:])
    private let statistics = ProcessStatistics()

    /// - Parameters:
    ///   - version: of the program.
    ///   - protocolVersion: of the messages that it speaks.
    package init(version: String, protocolVersion: Int) {
        descriptions = Dictionary(uniqueKeysWithValues: MetricDescription.all.map { ($0.name, $0) })
        let labels = [("version", version), ("protocol", "\(protocolVersion)")]
        makeMeter(label: "tally_build_info", dimensions: labels).set(1 as Int64)
    }

    /// All metrics of this process, as they are now.
    package var text: String {
        let families = instruments.withLock { $0 }.mapValues { instruments in
            instruments.sorted { $0.key.lexicographicallyPrecedes($1.key) }.flatMap { labels, instrument in
                instrument.samples.map { sample in
                    MetricSample(suffix: sample.suffix, labels: labels + sample.labels, value: sample.value)
                }
            }
        }
        let all = families.merging(statistics.samples) { own, _ in own }
        return MetricDescription.all.map { text(of: $0, all[$0.name] ?? []) }.joined()
    }

    private func text(of description: MetricDescription, _ samples: [MetricSample]) -> String {
        guard !samples.isEmpty else { return "" }
        let head =
            "# HELP \(description.name) \(description.help)\n# TYPE \(description.name) \(description.kind.name)\n"
        return samples.reduce(head) { $0 + $1.line(of: description.name) }
    }

    // MARK: MetricsFactory

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        instrument(label, dimensions) { _ in CounterInstrument() } ?? NOOPMetricsHandler.instance
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        instrument(label, dimensions) { _ in GaugeInstrument() } ?? NOOPMetricsHandler.instance
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool)
        -> any RecorderHandler
    {
        guard aggregate else {
            return instrument(label, dimensions) { _ in GaugeInstrument() } ?? NOOPMetricsHandler.instance
        }
        return instrument(label, dimensions, HistogramInstrument.init(of:)) ?? NOOPMetricsHandler.instance
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        instrument(label, dimensions, HistogramInstrument.init(of:)) ?? NOOPMetricsHandler.instance
    }

    // What was counted is told as long as the process lives, whoever counted it.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    /// The same one for the same name and labels; nil for a name that isn't described.
    private func instrument<Instrument: MetricInstrument>(
        _ name: String, _ dimensions: [(String, String)], _ make: (MetricDescription) -> Instrument
    ) -> Instrument? {
        guard let description = descriptions[name] else { return nil }
        let labels = dimensions.map { MetricLabel(name: $0, value: $1) }
        return instruments.withLock { instruments in
            guard let known = instruments[name]?[labels] else {
                let new = make(description)
                instruments[name, default: [:]][labels] = new
                return new
            }
            guard let known = known as? Instrument else {
                preconditionFailure("\(name) is described as a \(description.kind.name)")
            }
            return known
        }
    }
}

extension HistogramInstrument {
    fileprivate convenience init(of description: MetricDescription) {
        guard case .histogram(let bounds) = description.kind else {
            preconditionFailure("\(description.name) is described as a \(description.kind.name)")
        }
        self.init(bounds: bounds)
    }
}

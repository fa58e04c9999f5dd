/// What a metric is: its name, as Prometheus is told it, what it means, and how it is counted.
///
/// https://prometheus.io/docs/practices/naming/
package struct MetricDescription: Sendable {
    package enum Kind: Hashable, Sendable {
        case counter
        case gauge
        /// - Parameter bounds: of its buckets, rising; one without a bound follows.
        case histogram(bounds: [Double])

        /// As the text format calls it.
        var name: String {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    package let name: String
    package let kind: Kind
    package let help: String

    init(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }
}

extension MetricDescription.Kind {
    /// Of what takes from a tenth of a millisecond to seconds, in seconds.
    static let shortTimes = histogram(bounds: [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
    ])
    /// Of what takes from milliseconds to an hour, in seconds.
    static let longTimes = histogram(bounds: [
        0.001, 0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600,
    ])
}

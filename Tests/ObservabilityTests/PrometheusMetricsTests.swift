import CoreMetrics
import Testing

@testable import Observability

@Suite struct PrometheusMetricsTests {
    private let metrics = PrometheusMetrics(version: "1.2", protocolVersion: 7)

    @Test func whatIsCountedIsTold() throws {
        Counter(label: "tally_operations_ended_total", dimensions: [("outcome", "failed")], factory: metrics)
            .increment(by: 3)
        // The same one, by another name for it.
        Counter(label: "tally_operations_ended_total", dimensions: [("outcome", "failed")], factory: metrics)
            .increment()
        Gauge(label: "tally_workers", factory: metrics).record(2.5)
        Meter(label: "tally_http_streams", factory: metrics).increment(by: 2.0)
        Meter(label: "tally_http_streams", factory: metrics).decrement()
        let told = try Metrics(metrics.text)
        #expect(told[#"tally_operations_ended_total{outcome="failed"}"#] == 4)
        #expect(told["tally_workers"] == 2.5 && told["tally_http_streams"] == 1)
        #expect(told[#"tally_build_info{version="1.2",protocol="7"}"#] == 1)
        #expect(metrics.text.contains("# TYPE tally_workers gauge\n"))
        #expect(metrics.text.contains("# HELP tally_workers Workers that are heard from.\n"))
    }

    @Test func aHistogramAddsUp() throws {
        let timer = Timer(label: "tally_commit_seconds", factory: metrics)
        for microseconds in [100, 101, 2_400_000, 3_000_000] { timer.recordMicroseconds(microseconds) }
        let told = try Metrics(metrics.text)
        let buckets = [("0.0001", 1.0), ("0.00025", 2), ("1", 2), ("2.5", 3), ("+Inf", 4)]
        for (bound, count) in buckets {
            #expect(told["tally_commit_seconds_bucket{le=\"\(bound)\"}"] == count, "\(bound)")
        }
        #expect(told["tally_commit_seconds_count"] == 4)
        #expect(abs(try #require(told["tally_commit_seconds_sum"]) - 5.400201) < 1e-9)
    }

    @Test func whatOthersCountIsLetGo() {
        Counter(label: "somebody.else", factory: metrics).increment()
        #expect(!metrics.text.contains("somebody"))
    }

    @Test(arguments: [
        (0.0, "0"), (3, "3"), (-2, "-2"), (0.25, "0.25"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
        (.nan, "NaN"),
        (9_007_199_254_740_991, "9007199254740991"), (1e300, "1e+300"), (1e-7, "1e-07"),
    ])
    func aNumberIsWrittenShort(value: Double, text: String) {
        #expect(MetricSample.text(value) == text)
    }

    @Test func labelsAreEscaped() {
        let label = MetricLabel(name: "a", value: "x\\y\"z\nw")
        #expect(MetricSample(labels: [label], value: 1).line(of: "n") == "n{a=\"x\\\\y\\\"z\\nw\"} 1\n")
    }
}

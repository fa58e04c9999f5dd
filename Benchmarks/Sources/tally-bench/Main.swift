import Foundation

@main
struct Main {
    /// `tally-bench PATH-OF-TALLY throughput|latency|million|run|streams|watchers`
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else {
            throw Failure("usage: tally-bench TALLY throughput|latency|million|run|streams|watchers")
        }
        switch arguments[2] {
        case "throughput": try await throughput(arguments[1])
        case "latency": try await latency(arguments[1])
        case "million": try await Million(tally: arguments[1], operations: 1_000_000).run()
        case "run": try await Run(tally: arguments[1]).run()
        case "streams": try await Streams(tally: arguments[1]).run()
        case "watchers": try await Watchers(tally: arguments[1]).run()
        default: throw Failure("there is no benchmark '\(arguments[2])'")
        }
    }

    private static func throughput(_ tally: String) async throws {
        var results: [Throughput.Result] = []
        for _ in 0..<5 { results.append(try await Throughput(tally: tally, operations: 100_000).run()) }
        func median(_ value: (Throughput.Result) -> Double) -> String {
            format(results.map(value).sorted()[2])
        }
        print("no-op operations, 100,000 of 200 bytes, two workers, end to end, durable; medians of 5:")
        print("  \(median(\.operationsPerSecond)) operations/s (\(median(\.seconds)) s)")
        print(
            "  CPU an operation: coordinator \(median(\.coordinatorMicroseconds)) µs, workers \(median(\.workerMicroseconds)) µs"
        )
        print("  coordinator's peak memory \(median(\.peakMemory)) MB")
    }

    private static func latency(_ tally: String) async throws {
        let sorted = try await Latency(tally: tally, samples: 500).run()
        func percentile(_ p: Double) -> String {
            format(sorted[min(sorted.count - 1, Int(Double(sorted.count) * p))])
        }
        print("from an operation's end to a subscriber, 500 times, ms:")
        print("  p50 \(percentile(0.5)), p99 \(percentile(0.99)), most \(format(sorted[sorted.count - 1]))")
    }
}

import ArgumentParser
import BatchProtocol
import CoreMetrics
import HTTPGateway
import Logging
import Observability

/// `--http`, as processes take it that listen for nothing else.
struct ProbeOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where to tell how this process does, at /healthz, /readyz and /metrics, to whoever asks. Port 0: any that is free.",
            valueName: "host:port"))
    var http: String?

    /// Does what `body` says, and meanwhile answers probes, if it is to.
    ///
    /// - Throws: `UsageError`, `HTTPServerError`; what `body` throws.
    func serve<Result>(
        _ status: ProcessStatus, log: Logger, while body: () async throws -> Result
    ) async throws -> Result {
        guard let http else { return try await body() }
        let (host, port) = try hostAndPort(http, from: "--http", example: "127.0.0.1:9464")
        let configuration = try HTTPServerConfiguration(probesAt: host, port: port)
        // Before the server, which counts as well.
        let routes = Probes(status).routes()
        let server = HTTPServer(
            configuration, streams: OpenStreams(), log: log, routes: [routes.addRoutes])
        let serving = try await server.start()
        defer { serving.cancel() }
        return try await body()
    }
}

/// What is told of this process, and counted from now on.
struct Probes {
    private let status: ProcessStatus
    private let metrics: PrometheusMetrics

    /// At most once in a process, and before anything that counts.
    init(_ status: ProcessStatus) {
        self.status = status
        metrics = PrometheusMetrics(version: Tally.version, protocolVersion: WireFormat.version)
        MetricsSystem.bootstrap(metrics)
    }

    func routes(streams: OpenStreams? = nil) -> ProbeRoutes {
        ProbeRoutes(
            streams: streams, lacking: { await status.lacking },
            metrics: {
                await status.measure()
                return metrics.text
            })
    }
}

func hostAndPort(_ text: String, from flag: String, example: String) throws(UsageError) -> (String, Int) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
        throw UsageError("\(flag): '\(text)' is no HOST:PORT, such as \(example)")
    }
    return (String(text[..<colon]), Int(port))
}

import HTTPTypes
import Hummingbird
import NIOCore

/// `GET /healthz`, `/readyz` and `/metrics`: what is told to whoever starts, balances and watches processes, without
/// a token (`RequestGate.probePaths`).
package struct ProbeRoutes: Sendable {
    private let lacking: @Sendable () async -> [String]
    private let metrics: @Sendable () async -> String
    private let streams: OpenStreams?

    private struct Health: Encodable {
        var status = "ok"
        var streams: Int?
    }

    /// - Parameters:
    ///   - streams: nil, where there are none.
    ///   - lacking: what the process lacks to do its work.
    ///   - metrics: in Prometheus' text format.
    package init(
        streams: OpenStreams? = nil, lacking: @escaping @Sendable () async -> [String],
        metrics: @escaping @Sendable () async -> String
    ) {
        self.lacking = lacking
        self.metrics = metrics
        self.streams = streams
    }

    package func addRoutes(to router: Router<HTTPContext>) {
        router.get("/healthz") { _, _ in Response.json(Health(streams: streams?.count)) }
        router.get("/readyz") { _, _ in
            let lacking = await lacking()
            guard !lacking.isEmpty else { return Response.text("ready\n") }
            return Response.text(
                "not ready: \(lacking.joined(separator: "; "))\n", status: .serviceUnavailable)
        }
        router.get("/metrics") { _, _ in
            Response.text(await metrics(), type: "text/plain; version=0.0.4; charset=utf-8")
        }
    }
}

extension Response {
    fileprivate static func text(
        _ text: String, status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status,
            headers: [.contentType: type, .cacheControl: "no-store", .xContentTypeOptions: "nosniff"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// An HTTP server that checks every request before its route, and keeps count of what goes on.
package struct HTTPServer: Sendable {
    private let configuration: HTTPServerConfiguration
    private let streams: OpenStreams
    private let responder: GatedResponder
    private let log: Logger
    private let metrics = HTTPMetrics()

    /// - Parameter routes: each adds routes to the router.
    package init(
        _ configuration: HTTPServerConfiguration, streams: OpenStreams, log: Logger,
        routes: [(Router<HTTPContext>) -> Void]
    ) {
        self.configuration = configuration
        self.streams = streams
        self.log = log
        let router = Router(context: HTTPContext.self, options: .autoGenerateHeadEndpoints)
        ResourceMetadata(isProtected: configuration.accessToken != nil).addRoutes(to: router)
        for add in routes { add(router) }
        let routes = router.buildResponder()
        responder = GatedResponder(
            gate: RequestGate(
                allowedHosts: configuration.allowedHosts, token: configuration.accessToken,
                isReachedFromElsewhere: !configuration.isLoopback),
            table: RouteTable(router.routes.map { ($0.path.description, $0.method) }), routes: routes,
            bodyLimit: configuration.limits.bodyBytes, metrics: metrics)
    }

    /// Serves until its task is cancelled or the service it runs in is shut down. Streams then get a last word.
    ///
    /// - Parameter listening: called with the real port, once it listens.
    /// - Throws: `HTTPServerError` if it can't listen there.
    package func run(listening: @escaping @Sendable (_ port: Int) -> Void = { _ in }) async throws {
        var group = ServiceGroupConfiguration(
            services: [
                .init(service: application(listening)),
                .init(service: StreamKeeper(streams: streams, silence: configuration.limits.silence)),
            ],
            logger: quietLog)
        group.maximumGracefulShutdownDuration = .seconds(5)
        let services = ServiceGroup(configuration: group)
        let serving = Task { try await services.run() }
        do {
            try await withTaskCancellationOrGracefulShutdownHandler {
                try await serving.value
            } onCancelOrGracefulShutdown: {
                Task { await services.triggerGracefulShutdown() }
            }
        } catch let error as IOError {
            let reason = String(cString: strerror(error.errnoCode))
            throw HTTPServerError("\(configuration.host):\(configuration.port): can't listen: \(reason)")
        }
    }

    /// Serves in a task, until that is cancelled.
    ///
    /// - Returns: once it listens.
    /// - Throws: `HTTPServerError` if it can't listen there; `CancellationError` if whoever starts it is cancelled before.
    package func start() async throws -> Task<Void, any Error> {
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let serving = Task {
            defer { listening.finish() }
            try await run { listening.yield($0) }
        }
        return try await withTaskCancellationHandler {
            // None: it has ended before it listened, or nobody waits for that any more.
            if await ports.first(where: { _ in true }) == nil {
                try await serving.value
                try Task.checkCancellation()
            }
            return serving
        } onCancel: {
            serving.cancel()
        }
    }

    /// What the framework says of its own doings is for those who look for mistakes.
    private var quietLog: Logger {
        var log = log
        if log.logLevel == .info { log.logLevel = .notice }
        return log
    }

    private func application(_ listening: @escaping @Sendable (Int) -> Void) -> some ApplicationProtocol {
        let limits = configuration.limits
        let connections = ConnectionCount(limit: limits.connections, metrics: metrics)
        let log = log
        let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
        let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
            maxHeaderFieldCount: limits.headerCount)
        return Application(
            responder: responder,
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ConnectionHandler(connections, requestLimit: limits.request)],
                    idleTimeout: TimeAmount(limits.idle), httpDecoderConfiguration: decoder)),
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port), backlog: 1024),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? 0
                log.info("listening on http://\(host):\(port)")
                listening(port)
            },
            logger: quietLog)
    }
}

import Hummingbird
import Logging
import NIOCore
import ProcessTesting
import Synchronization
import Testing

@testable import HTTPGateway

/// The server's limits, so short that nobody has to wait for them. Its sockets are inherited by whatever this process
/// starts, and are closed only when that ends; so these tests are here, where nothing is started.
@Suite struct LimitTests {
    private static let brief: Duration = .milliseconds(300)
    private static let host = "Host: localhost\r\n"

    /// A server with `/`, `/body`, which takes one, and the endless `/lines` and `/events`.
    private func withServer(
        _ limits: HTTPServerConfiguration.Limits, _ body: (UInt16, OpenStreams) async throws -> Void
    ) async throws {
        var configuration = try HTTPServerConfiguration(
            host: "127.0.0.1", port: 0, allowedHosts: ["localhost"])
        configuration.limits = limits
        let streams = OpenStreams()
        let server = HTTPServer(
            configuration, streams: streams, log: Logger(label: "test"),
            routes: [{ addRoutes(to: $0, limits, streams) }])
        let port = Mutex<UInt16?>(nil)
        let serving = Task {
            try await server.run { number in port.withLock { $0 = UInt16(number) } }
        }
        defer { serving.cancel() }
        try await body(try await eventuallyValue("it listens") { port.withLock { $0 } }, streams)
        serving.cancel()
        try await serving.value
    }

    private func addRoutes(
        to router: Router<HTTPContext>, _ limits: HTTPServerConfiguration.Limits, _ streams: OpenStreams
    ) {
        router.get("/") { _, _ in Response(status: .ok) }
        router.post("/body") { request, _ in
            var request = request
            _ = try await request.collectBody(within: limits)
            return Response(status: .ok)
        }
        for (path, form) in [("/lines", StreamForm.lines), ("/events", .serverSentEvents)] {
            router.get("\(path)") { _, context in
                streams.response(form, in: context) { _ in try await Task.sleep(for: .seconds(60)) }
            }
        }
    }

    @Test func aConnectionWithoutARequestIsClosed() async throws {
        var limits = HTTPServerConfiguration.Limits()
        limits.idle = Self.brief
        try await withServer(limits) { port, streams in
            let silent = try HTTPConnection(port: port)
            let used = try HTTPConnection(port: port)
            used.send("GET / HTTP/1.1\r\n\(Self.host)\r\n")
            let following = try HTTPConnection(port: port)
            following.send("GET /lines HTTP/1.1\r\n\(Self.host)\r\n")
            try await eventually("both are closed", within: .seconds(5)) {
                silent.read().isAtEnd && used.read().isAtEnd
            }
            #expect(silent.received.isEmpty && used.answer.status == 200)
            #expect(!following.read().isAtEnd && streams.count == 1)
        }
    }

    /// However busily it sends.
    @Test(arguments: [
        "GET / HTTP/1.1\r\nX-", "POST /body HTTP/1.1\r\n\(host)Content-Length: 9999\r\n\r\n",
    ])
    func aRequestThatDoesNotComeToItsEndIsCutOff(beginning: String) async throws {
        var limits = HTTPServerConfiguration.Limits()
        limits.idle = Self.brief
        limits.request = Self.brief
        try await withServer(limits) { port, _ in
            let slow = try HTTPConnection(port: port)
            slow.send(beginning)
            try await eventually("it is cut off", within: .seconds(5)) {
                slow.send("x")
                return slow.read().isAtEnd
            }
            #expect(slow.received.isEmpty)
        }
    }

    @Test func connectionsBeyondTheLimitAreClosedAtOnce() async throws {
        var limits = HTTPServerConfiguration.Limits()
        limits.connections = 2
        try await withServer(limits) { port, streams in
            let first = try (0..<2).map { _ in
                let connection = try HTTPConnection(port: port)
                connection.send("GET /lines HTTP/1.1\r\n\(Self.host)\r\n")
                return connection
            }
            try await eventually("both follow") { streams.count == 2 }
            let third = try HTTPConnection(port: port)
            try await eventually("it is closed", within: .seconds(5)) { third.read().isAtEnd }
            #expect(third.received.isEmpty && first.allSatisfy { !$0.read().isAtEnd })
            first[0].close()
            try await eventually("there is room again") {
                let next = try HTTPConnection(port: port)
                next.send("GET / HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n")
                try await eventually("an answer, or none") { next.read().isAtEnd }
                return next.answer.status == 200
            }
        }
    }

    @Test func aSilentStreamIsKeptAliveWhereItsFormAllows() async throws {
        var limits = HTTPServerConfiguration.Limits()
        limits.silence = Self.brief
        try await withServer(limits) { port, _ in
            let streams = try ["/events", "/lines"].map { path in
                let connection = try HTTPConnection(port: port)
                connection.send("GET \(path) HTTP/1.1\r\n\(Self.host)\r\n")
                return connection
            }
            try await eventually("two comments") { streams[0].answer.body == ":\n\n:\n\n" }
            #expect(streams[1].answer.status == 200 && streams[1].answer.body.isEmpty)
        }
    }
}

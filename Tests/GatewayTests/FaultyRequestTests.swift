import Foundation
import Glibc
import ProcessTesting
import Testing

extension Gateways {
    /// Each fault that any request may have, on each route.
    @Suite struct FaultyRequests {
        private static let metadata = "/.well-known/oauth-protected-resource"
        /// With the methods that each takes.
        private static let routes: [(path: String, methods: [String])] = [
            ("/batches", ["GET", "HEAD", "POST"]), ("/batches/b", ["GET", "HEAD"]),
            ("/batches/b/events", ["GET", "HEAD"]), ("/events", ["GET", "HEAD"]),
            ("/healthz", ["GET", "HEAD"]), ("/readyz", ["GET", "HEAD"]), ("/metrics", ["GET", "HEAD"]),
            ("/openapi.json", ["GET", "HEAD"]),
            ("/mcp", ["DELETE", "GET", "HEAD", "POST"]), (metadata, ["GET", "HEAD"]),
            ("\(metadata)/mcp", ["GET", "HEAD"]),
        ]
        /// Those that are taken, but for what is wrong with them.
        private static let requests = routes.flatMap { route in route.methods.map { ($0, route.path) } }
        /// No token is needed.
        private static let open = ["/healthz", "/readyz", "/metrics", metadata, "\(metadata)/mcp"]

        /// A gateway that lets `no-op` be submitted; it has to live afterwards, with no stream left.
        private func withGateway(_ body: (Gateway) async throws -> Void) async throws {
            try await withCoordinator { home, _ in
                let gateway = try await home.gateway("--allow-submit", "no-op", token: Gateway.token)
                try await home.submit("b", [#"{"type":"nobody"}"#])
                try await body(gateway)
                try await eventually("it lives, and has no stream") { try await gateway.streams == 0 }
                #expect(gateway.process.isRunning)
            }
        }

        private static let methods = [
            "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PROPFIND", "PUT", "SEARCH", "TRACE",
        ]

        @Test func aMethodThatARouteDoesNotTakeIs405() async throws {
            try await withGateway { gateway in
                for (path, methods) in Self.routes {
                    for method in Self.methods where !methods.contains(method) {
                        let answer = try await gateway.ask(method, path)
                        #expect(answer.status == 405, "\(method) \(path): \(answer)")
                        #expect(answer.headers["allow"] == methods.joined(separator: ", "), "\(path)")
                    }
                }
            }
        }

        private static let tokens = [
            "X: y", "Authorization:", "Authorization: Bearer", "Authorization: Bearer  ",
            "Authorization: Bearer \(Gateway.token)x", "Authorization: Bearer 0123456789abcde",
            "Authorization: Bearer 0123456789ABCDEF", "Authorization: Bearer\t\(Gateway.token)",
            "Authorization: Basic \(Gateway.token)", "Authorization: \(Gateway.token)",
            "Authorization: Bearer \(Gateway.token) x", "Authorization: Bearer \u{1F350}",
            "Authorization: Bearer \(String(repeating: "x", count: 20_000))",
            "Cookie: token=\(Gateway.token)",
        ]

        @Test func aTokenThatIsWrongIs401() async throws {
            try await withGateway { gateway in
                var stranger = gateway
                stranger.token = nil
                for header in Self.tokens {
                    for (method, path) in Self.requests where !Self.open.contains(path) {
                        let answer = try await stranger.ask(method, path, headers: [header])
                        #expect(answer.status == 401, "\(header.prefix(80)) \(method) \(path): \(answer)")
                        #expect(answer.headers["www-authenticate"]?.hasPrefix("Bearer ") == true)
                    }
                }
            }
        }

        private static let foreigners = [
            ("Host: evil.example", 421), ("Host: localhost", 421), ("Host: 127.0.0.1:1", 421), ("Host:", 421),
            ("Host: localhost@evil.example", 421), ("Host: 127.0.0.1.evil.example", 421),
            ("Origin: https://evil.example", 403), ("Origin: null", 403), ("Origin:", 403),
            ("Origin: file://", 403), ("Origin: http://localhost.evil.example", 403),
        ]

        @Test func aForeignHostOrOriginIsTurnedAway() async throws {
            try await withGateway { gateway in
                for (header, status) in Self.foreigners {
                    for (method, path) in Self.requests {
                        let answer = try await gateway.ask(method, path, headers: [header])
                        #expect(answer.status == status, "\(header) \(method) \(path): \(answer)")
                    }
                }
            }
        }

        private static let headers = [
            "X: \(String(repeating: "y", count: 40_000))", "\(String(repeating: "x", count: 40_000)): y",
            (0..<200).map { "X-\($0): y" }.joined(separator: "\r\n"), "X y", ": y", "X\u{0}: y", "X: \u{0}",
            "Content-Length: 1\r\nContent-Length: 2",
        ]

        /// The connection is closed, with a status where there is somebody to say it.
        @Test func headersThatNobodyTakesEndTheConnection() async throws {
            try await withGateway { gateway in
                for header in Self.headers {
                    for (method, path) in Self.requests {
                        let answer = try await gateway.ask(method, path, headers: [header])
                        #expect(
                            [0, 400, 431].contains(answer.status),
                            "\(header.prefix(80)) \(method) \(path): \(answer)")
                    }
                }
            }
        }

        private static let ids = [
            "a.b", "-b", "%2e%2e", "%2F", "%00", "%", "%zz", "%ff", "a%20b", "%F0%9F%8D%90", "a+b", "a;b",
            "a:b", String(repeating: "a", count: 65), String(repeating: "%61", count: 5_000),
        ]

        @Test func anIDThatIsNoneIs400() async throws {
            try await withGateway { gateway in
                for id in Self.ids {
                    for path in ["/batches/\(id)", "/batches/\(id)/events"] {
                        for method in ["GET", "HEAD"] {
                            let answer = try await gateway.ask(method, path)
                            #expect(answer.status == 400, "\(method) \(path.prefix(80)): \(answer)")
                        }
                    }
                }
            }
        }

        private static let queries = [
            ("ended", 400), ("ended=", 400), ("ended=TRUE", 400), ("ended=1", 400), ("ended=%00", 400),
            ("ended=%zz", 400), ("=", 200), ("&&", 200), ("?", 200),
            (String(repeating: "x=y&", count: 1_000), 200),
        ]

        @Test func aQueryThatIsWrongIs400() async throws {
            try await withGateway { gateway in
                for (query, status) in Self.queries {
                    let answer = try await gateway.ask("/batches?\(query)")
                    #expect(answer.status == status, "\(query.prefix(80)): \(answer)")
                }
            }
        }

        /// What it can't mean is passed over: the whole is told.
        @Test func aLastEventIDThatIsNoneIsPassedOver() async throws {
            try await withGateway { gateway in
                for id in ["", "x", "-1", "1.5", "99999999999999999999", "1, 2", "\u{1F350}"] {
                    let stream = try gateway.open(
                        "/batches/b/events", headers: ["Last-Event-ID: \(id)", "Accept: text/event-stream"])
                    try await eventually("the state, after '\(id)'") {
                        stream.lines.contains { $0.hasPrefix("data: ") }
                    }
                    stream.close()
                }
            }
        }

        private static let types = [
            "text/plain", "", "json", "application/x-ndjson", "multipart/form-data; boundary=x",
            "application/jsonx", "application/x-www-form-urlencoded", "text/plain; application/json",
        ]

        @Test func aBodyOfAnotherTypeIs415() async throws {
            try await withGateway { gateway in
                for type in Self.types {
                    for (path, body) in [
                        ("/batches", #"{"operations":[{"type":"no-op"}]}"#), ("/mcp", MCPRequest.initialize),
                    ] {
                        let headers = [
                            "Content-Type: \(type)", "Accept: application/json, text/event-stream",
                        ]
                        let answer = try await gateway.ask("POST", path, headers: headers, body: body)
                        #expect(answer.status == 415, "\(type) \(path): \(answer)")
                    }
                }
            }
        }

        /// What is said to be long, and what is long though nothing was said.
        @Test func aBodyThatIsTooLongIs413() async throws {
            try await withGateway { gateway in
                let long = String(repeating: "x", count: 3_000_000)
                let chunk = "100000\r\n\(long.prefix(1 << 20))\r\n"
                for path in ["/batches", "/mcp"] {
                    let said = try await gateway.ask("POST", path, headers: MCPRequest.headers, body: long)
                    #expect(said.status == 413, "\(path): \(said)")
                    let chunked = try gateway.open(
                        "POST", path, headers: MCPRequest.headers + ["Transfer-Encoding: chunked"])
                    chunked.send("\(chunk)\(chunk)")
                    try await eventually("an answer") { chunked.answer.status != 0 || chunked.isAtEnd }
                    #expect([0, 413].contains(chunked.answer.status), "\(path): \(chunked.answer)")
                }
            }
        }
    }
}

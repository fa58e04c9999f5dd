import Foundation
import Glibc
import ProcessTesting
import Testing

extension Gateways {
    /// What is asked, and what is wrong with it.
    @Suite struct Requests {
        private struct Row {
            var method = "GET"
            var path: String
            var headers: [String] = []
            var body: String?
            var status: Int
            var says = ""

            init(
                _ method: String = "GET", _ path: String, _ headers: [String] = [], body: String? = nil,
                is status: Int, says: String = ""
            ) {
                (self.method, self.path, self.headers, self.body) = (method, path, headers, body)
                (self.status, self.says) = (status, says)
            }
        }

        private static let operations = #""operations":[{"type":"no-op"}]"#

        /// With a token, and `no-op` and `upper` allowed.
        private static let rows = [
            Row("GET", "/batches", is: 200, says: #"[]"#),
            Row("GET", "/batches?ended=true", is: 200),
            Row("GET", "/batches?ended=false&x=y", is: 200),
            Row("GET", "/batches?ended", is: 400, says: "'ended' is true or false"),
            Row("GET", "/batches?ended=1", is: 400),
            Row("HEAD", "/batches", is: 200),
            Row("GET", "/batches/b", is: 404, says: "there is no batch 'b'"),
            Row("GET", "/batches/a.b", is: 400, says: "'a.b' is no batch id"),
            Row("GET", "/batches/%2e%2e", is: 400, says: "is no batch id"),
            Row("GET", "/batches/%00", is: 400),
            Row("GET", "/batches/%", is: 400),
            Row("GET", "/batches/-b", is: 400),
            Row("GET", "/batches/" + String(repeating: "a", count: 65), is: 400),
            Row("GET", "/batches/b/events", is: 404),
            Row("GET", "/batches/a.b/events", is: 400),
            Row("GET", "/batches/b/events", ["Accept: text/html"], is: 406, says: "text/event-stream"),
            Row("GET", "/events", ["Accept: application/json"], is: 406),
            Row("HEAD", "/events", is: 200),
            Row("GET", "/batches/b/event", is: 404, says: "there is nothing at /batches/b/event"),
            Row("GET", "/", is: 404),
            Row("GET", "/" + String(repeating: "a", count: 10_000), is: 404),
            Row("DELETE", "/batches", is: 405, says: "/batches takes GET, HEAD, POST"),
            Row("POST", "/batches/b", is: 405, says: "takes GET, HEAD"),
            Row("PUT", "/events", is: 405),
            Row("OPTIONS", "/batches/b/events", is: 405),
            Row("TRACE", "/healthz", is: 405),
            Row("GET", "/healthz", is: 200, says: #"{"status":"ok","streams":0}"#),
            Row("GET", "/readyz", is: 200, says: "ready\n"),
            Row("GET", "/metrics", is: 200, says: "\ntally_http_streams 0\n"),
            Row("GET", "/openapi.json", is: 200, says: #""openapi":"3.1.0""#),
            Row(
                "GET", "/.well-known/oauth-protected-resource", is: 200,
                says: #""resource":"http://127.0.0.1:"#),
            Row("GET", "/.well-known/oauth-protected-resource/mcp", is: 200, says: #"/mcp""#),
            Row("GET", "/batches", ["Host: evil.example"], is: 421, says: "--allow-host"),
            Row("GET", "/healthz", ["Host: evil.example"], is: 421),
            Row("GET", "/metrics", ["Host: evil.example"], is: 421),
            Row("GET", "/batches", ["Origin: http://evil.example"], is: 403),
            Row("GET", "/batches", ["Origin: http://localhost:3000"], is: 200),
            Row("POST", "/batches", body: "", is: 400, says: "the body is no JSON"),
            Row("POST", "/batches", body: "{", is: 400),
            Row("POST", "/batches", body: "[]", is: 400, says: "'body' is no object"),
            Row("POST", "/batches", body: "{}", is: 400, says: "'operations'"),
            Row(
                "POST", "/batches", body: #"{"operations":[{"type":"command"}]}"#, is: 403,
                says: "operations[0].type"),
            Row("POST", "/batches", ["Content-Type: text/plain"], body: "{\(operations)}", is: 415),
            Row("POST", "/batches", ["Content-Length: 3000000"], is: 413),
            Row("POST", "/batches", body: "[\"\(String(repeating: "x", count: 1 << 20))\"]", is: 413),
            Row(
                "POST", "/batches", body: "{\"id\":\"b\",\(operations)}", is: 201,
                says: #""interface":"http""#),
            Row(
                "POST", "/batches", ["Content-Type: Application/JSON; charset=utf-8"],
                body: "{\"id\":\"b\",\(operations)}", is: 201),
            Row(
                "POST", "/batches", body: #"{"id":"b","operations":[{"type":"upper"}]}"#, is: 409,
                says: "choose another id"),
            Row("POST", "/batches", body: #"{"id":"b-on-end","operations":[{"type":"upper"}]}"#, is: 400),
            Row("GET", "/batches/b", is: 200, says: #""batchId":"b""#),
        ]

        @Test func eachHasItsStatusAndTheGatewayLives() async throws {
            try await withCoordinator { home, _ in
                let gateway = try await home.gateway("--allow-submit", "upper,no-op", token: Gateway.token)
                for row in Self.rows {
                    let answer = try await gateway.ask(
                        row.method, row.path, headers: row.headers, body: row.body)
                    let place: Comment = "\(row.method) \(row.path.prefix(80)) \(row.headers): \(answer)"
                    #expect(
                        answer.status == row.status && (row.says.isEmpty || answer.body.contains(row.says)),
                        place)
                    if row.method == "HEAD" { #expect(answer.body.isEmpty, place) }
                    if row.status == 405 {
                        #expect(answer.headers["allow"]?.contains("GET, HEAD") == true, place)
                    }
                    guard row.status >= 400 else { continue }
                    #expect(answer.headers["content-type"] == "application/problem+json", place)
                    let problem = try #require(
                        try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any],
                        place)
                    #expect(Set(problem.keys) == ["type", "title", "status", "detail"], place)
                    #expect(problem["status"] as? Int == row.status, place)
                }
                #expect(gateway.process.isRunning)
            }
        }

        @Test func withoutTheTokenNothingIsTold() async throws {
            try await withCoordinator { home, _ in
                var gateway = try await home.gateway("--allow-submit", "upper", token: Gateway.token)
                gateway.token = nil
                for (path, status) in [
                    ("/batches", 401), ("/batches/b/events", 401), ("/events", 401), ("/openapi.json", 401),
                    ("/nowhere", 401), ("/batches?access_token=\(Gateway.token)", 401), ("/healthz", 200),
                    ("/.well-known/oauth-protected-resource", 200),
                ] {
                    let answer = try await gateway.ask(path)
                    #expect(answer.status == status, "\(path)")
                    guard status == 401 else { continue }
                    let url = "http://127.0.0.1:\(gateway.port)/.well-known/oauth-protected-resource"
                    #expect(answer.headers["www-authenticate"] == "Bearer resource_metadata=\"\(url)\"")
                }
                let wrong = try await gateway.ask(
                    "/batches", headers: ["Authorization: Bearer 0123456789abcdee"])
                #expect(wrong.status == 401)
                #expect(
                    wrong.headers["www-authenticate"]?.hasPrefix("Bearer error=\"invalid_token\", ") == true)
                let submit = try await gateway.ask("POST", "/batches", body: "{\(Self.operations)}")
                #expect(submit.status == 401)
            }
        }

        @Test func withoutPermissionNothingIsSubmitted() async throws {
            try await withCoordinator { home, _ in
                let gateway = try await home.gateway()
                let answer = try await gateway.ask("POST", "/batches", body: "{\(Self.operations)}")
                #expect(answer.status == 405 && answer.headers["allow"] == "GET, HEAD")
                let document = try await gateway.ask("/openapi.json").body
                #expect(!document.contains(#""post":"#) && !document.contains("securitySchemes"))
                #expect(try await gateway.ask("/.well-known/oauth-protected-resource").status == 404)
            }
        }

        /// Each path takes the methods that the document lists, and no others.
        @Test func theDocumentHasAllRoutes() async throws {
            try await withCoordinator { home, _ in
                let gateway = try await home.gateway("--allow-submit", "upper", token: Gateway.token)
                let document = try JSONSerialization.jsonObject(
                    with: Data(try await gateway.ask("/openapi.json").body.utf8))
                let paths = try #require((document as? [String: Any])?["paths"] as? [String: [String: Any]])
                #expect(paths.count == 8)
                for (path, methods) in paths {
                    let answer = try await gateway.ask("PATCH", path.replacing("{id}", with: "b"))
                    let told = methods.keys.map { $0.uppercased() } + ["HEAD"]
                    #expect(answer.headers["allow"] == told.sorted().joined(separator: ", "), "\(path)")
                }
            }
        }

        /// Each is answered with 400 or cut off, and harms nobody.
        @Test(arguments: [
            "garbage\r\n\r\n", "GET /healthz\r\n\r\n", "GET  HTTP/1.1\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n",
            "FROB /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
            "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: \(String(repeating: "y", count: 40_000))\r\n\r\n",
            "GET /healthz HTTP/1.1\r\n\(String(repeating: "X: y\r\n", count: 200))\r\n\r\n",
            "POST /batches HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
            "POST /batches HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\nzzzz\r\n",
        ])
        func whatIsNoRequestIsCutOff(_ text: String) async throws {
            try await withCoordinator { home, _ in
                let gateway = try await home.gateway()
                let connection = try HTTPConnection(port: gateway.port)
                connection.send(text)
                try await eventually("it is cut off") { connection.read().isAtEnd }
                #expect([0, 400].contains(connection.answer.status), "\(connection.answer)")
                #expect(try await gateway.ask("/healthz").status == 200)
            }
        }

        @Test(arguments: [
            (["--listen", "0.0.0.0:0"], "TALLY_MCP_TOKEN_FILE"),
            (["--listen", "127.0.0.1"], "is no HOST:PORT"),
            (["--listen", "127.0.0.1:x"], "is no HOST:PORT"),
            (["--listen", "a b:1"], "is no host to listen on"),
            (["--allow-submit", "upper"], "need a token"), (["--allow-control"], "need a token"),
            (["--allow-submit", "a,,b"], "'' is no type"),
            (["--allow-host", "http://x"], "is no host's name"),
        ])
        func whatCannotBeServedIsRefusedAtOnce(_ words: [String], says: String) async throws {
            try await withHome { home in
                let finished = try await home.run(raw: (["mcp"] + words).map { bytes($0) })
                #expect(finished.ending == .exited(2) && finished.error.contains(says), "\(finished.error)")
            }
        }

        @Test(arguments: [
            (["TALLY_MCP_TOKEN=short"], "TALLY_MCP_TOKEN is 16 to"),
            (["TALLY_MCP_TOKEN_FILE=token"], "is no absolute path"),
            (["TALLY_MCP_TOKEN_FILE=/nowhere"], "/nowhere can't be read"),
            (["TALLY_MCP_TOKEN=\(Gateway.token)", "TALLY_MCP_TOKEN_FILE=/nowhere"], "are both set"),
        ])
        func aTokenThatIsNoneIsRefusedAtOnce(_ settings: [String], says: String) async throws {
            try await withHome { home in
                let finished = try await home.run("mcp", environment: settings)
                #expect(finished.ending == .exited(2) && finished.error.contains(says), "\(finished.error)")
            }
        }

        @Test func theTokenMayBeInAFile() async throws {
            try await withCoordinator { home, _ in
                try Files.write(bytes("\(Gateway.token)\n"), to: "\(home.path)/token")
                let process = try home.start(
                    "mcp", "--listen", "127.0.0.1:0", environment: ["TALLY_MCP_TOKEN_FILE=\(home.path)/token"]
                )
                let port = try await eventuallyValue("it listens") {
                    process.errorText.firstMatch(of: /127\.0\.0\.1:(\d+)\n/).flatMap { UInt16($0.1) }
                }
                var gateway = Gateway(process: process, port: port)
                #expect(try await gateway.ask("/batches").status == 401)
                gateway.token = Gateway.token
                #expect(try await gateway.ask("/batches").status == 200)
            }
        }

        @Test func itMayBeStartedBeforeItsCoordinator() async throws {
            try await withHome { home in
                let process = try home.start("mcp", "--listen", "127.0.0.1:0")
                try await eventually("it says what it waits for") {
                    process.errorText.contains("no coordinator answers at ipc://")
                }
                _ = try await home.coordinator()
                try await eventually("it listens") {
                    process.errorText.contains("listening on http://127.0.0.1")
                }
            }
        }

        @Test func itEndsWhileItWaitsForACoordinator() async throws {
            try await withHome { home in
                let process = try home.start("mcp", "--listen", "127.0.0.1:0")
                try await eventually("it waits") { process.errorText.contains("waiting for it") }
                process.signal(SIGTERM)
                let ending = try await process.end()
                #expect(ending == .exited(0))
            }
        }

        @Test func aPortThatIsTakenIsSaidSo() async throws {
            try await withCoordinator { home, _ in
                let gateway = try await home.gateway()
                let second = try await home.run("mcp", "--listen", "127.0.0.1:\(gateway.port)")
                #expect(second.ending == .exited(2))
                let says = "127.0.0.1:\(gateway.port): can't listen: Address already in use\n"
                #expect(second.error.contains(says), "\(second.error)")
            }
        }
    }
}

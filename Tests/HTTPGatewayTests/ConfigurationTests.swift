import HTTPTypes
import Testing

@testable import HTTPGateway

@Suite struct ConfigurationTests {
    private static let token = AccessToken("0123456789abcdef")

    @Test(arguments: ["127.0.0.1", "127.1.2.3", "localhost", "::1", "[::1]"])
    func `on this machine no token is needed`(host: String) throws {
        #expect(try HTTPServerConfiguration(host: host, port: 0).allowedHosts == [])
    }

    @Test(arguments: ["0.0.0.0", "::", "[::]", "10.0.0.1", "tally.example", "localhost.example"])
    func `beyond this machine there is none without a token`(host: String) throws {
        let error = #expect(throws: HTTPServerError.self) { try HTTPServerConfiguration(host: host, port: 0) }
        #expect(error?.description.contains("TALLY_MCP_TOKEN, or") == true)
        #expect(error?.description.contains("TALLY_MCP_TOKEN_FILE") == true)
        _ = try HTTPServerConfiguration(host: host, port: 0, accessToken: Self.token)
    }

    @Test(
        arguments: [
            ("10.0.0.1", [], ["10.0.0.1"]), ("0.0.0.0", [], []), ("::", ["A.example"], ["a.example"]),
            ("127.0.0.1", ["a.example", "b.example"], ["a.example", "b.example"]),
        ] as [(String, [String], Set<String>)])
    func `the address it listens on is a name of it`(host: String, names: [String], allowed: Set<String>)
        throws
    {
        let configuration = try HTTPServerConfiguration(
            host: host, port: 0, accessToken: Self.token, allowedHosts: names)
        #expect(configuration.allowedHosts == allowed)
    }

    @Test(arguments: ["", "a.example:80", "http://a.example", "a/b", "*"])
    func `a name that is none is refused`(name: String) {
        #expect(throws: HTTPServerError.self) {
            try HTTPServerConfiguration(host: "127.0.0.1", port: 0, allowedHosts: [name])
        }
    }

    @Test(
        arguments: [
            ("/batches", "GET POST"), ("/batches/", "GET POST"), ("/batches/x", "GET"),
            ("/batches/x/events", "GET"),
            ("/batches/x/y", nil), ("/", nil), ("", nil), ("/w/a", "GET"), ("/w/a/b", "GET"), ("/w", nil),
        ] as [(String, String?)])
    func `a path takes these methods`(path: String, methods: String?) {
        let table = RouteTable([
            ("/batches", .post), ("/batches", .get), ("/batches/:id", .get), ("/batches/{id}/events", .get),
            ("/w/**", .get),
        ])
        #expect(table.methods(at: path).map { $0.map(\.rawValue).joined(separator: " ") } == methods)
    }
}

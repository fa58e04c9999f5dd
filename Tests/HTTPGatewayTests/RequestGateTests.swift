import Testing

@testable import HTTPGateway

@Suite struct RequestGateTests {
    private static let token = "0123456789abcdef"

    private func refusal(
        _ gate: RequestGate, path: String = "/batches", host: String? = "127.0.0.1:5580",
        origin: String? = nil,
        authorization: String? = nil
    ) -> RequestGate.Refusal? {
        gate.refusal(
            of: .init(path: path, host: host, origin: origin, authorization: authorization, port: 5580))
    }

    @Test(
        arguments: [
            ("127.0.0.1:5580", true), ("localhost:5580", true), ("LocalHost:5580", true),
            ("[::1]:5580", true),
            ("127.9.8.7:5580", true),
            // Another server's.
            ("127.0.0.1:80", false), ("127.0.0.1", false), ("localhost", false),
            // Rebound.
            ("evil.example:5580", false), ("127.0.0.1.evil.example:5580", false), ("localhost.:5580", false),
            ("evil.localhost:5580", false), ("1270.0.0.1:5580", false), ("127.0.0:5580", false),
            ("0.0.0.0:5580", false), ("[::2]:5580", false), ("10.0.0.1:5580", false),
            // Allowed by name, on any port.
            ("tally.example", true), ("Tally.Example:8080", true), ("tally.example:5580", true),
            ("a.tally.example", false), ("tally.example.", false),
            (nil, false), ("", false), (":5580", false), ("127.0.0.1:", false), ("127.0.0.1:5580:1", false),
            ("127.0.0.1:55800000", false), ("127.0.0.1:+5580", false), ("u@127.0.0.1:5580", false),
            ("127.0.0.1 :5580", false), ("[::1:5580", false), ("[localhost]:5580", false),
        ] as [(String?, Bool)])
    func `only names that nobody else can have are served`(host: String?, isServed: Bool) {
        let gate = RequestGate(allowedHosts: ["tally.example"])
        #expect(refusal(gate, host: host) == (isServed ? nil : .foreignHost))
    }

    @Test(
        arguments: [
            (nil, true), ("http://localhost", true), ("http://127.0.0.1:3000", true),
            ("https://[::1]:1", true),
            ("https://tally.example", true), ("http://tally.example:81", true),
            ("null", false), ("", false), ("http://evil.example", false),
            ("http://localhost.evil.example", false),
            ("file://localhost", false), ("http://localhost/", false), ("http://u@localhost", false),
            ("http://", false),
        ] as [(String?, Bool)])
    func `pages of foreign origins are turned away`(origin: String?, isTaken: Bool) {
        let gate = RequestGate(allowedHosts: ["tally.example"])
        #expect(refusal(gate, origin: origin) == (isTaken ? nil : .foreignOrigin))
    }

    @Test(
        arguments: [
            ("/batches", "Bearer 0123456789abcdef", nil), ("/batches", "bearer 0123456789abcdef", nil),
            ("/batches", nil, .noToken), ("/batches", "", .noToken), ("/batches", "Bearer", .noToken),
            ("/batches", "Basic 0123456789abcdef", .noToken), ("/batches", "0123456789abcdef", .noToken),
            ("/batches", "Bearer 0123456789abcdeF", .wrongToken),
            ("/batches", "Bearer 0123456789abcde", .wrongToken),
            ("/batches", "Bearer 0123456789abcdef0", .wrongToken),
            ("/batches", "Bearer 0123456789abcdef0123456789abcdef", .wrongToken),
            ("/batches?access_token=0123456789abcdef", nil, .noToken), ("/mcp", nil, .noToken),
            ("/openapi.json", nil, .noToken), ("/healthz/x", nil, .noToken), ("/healthz", nil, nil),
            ("/readyz", nil, nil), ("/metrics", nil, nil), ("/metrics/x", nil, .noToken),
            ("/.well-known/oauth-protected-resource", nil, nil),
            ("/.well-known/oauth-protected-resource/mcp", nil, nil),
            ("/.well-known/oauth-protected-resources", nil, .noToken),
        ] as [(String, String?, RequestGate.Refusal?)])
    func `every request shows the token`(
        path: String, authorization: String?, refusal expected: RequestGate.Refusal?
    ) throws {
        let gate = RequestGate(token: AccessToken(Self.token))
        #expect(refusal(gate, path: path, authorization: authorization) == expected)
        #expect(refusal(RequestGate(), path: path, authorization: authorization) == nil)
    }

    @Test(
        arguments: [
            ("/healthz", nil), ("/readyz", nil), ("/metrics", nil), ("/batches", .foreignHost),
            ("/healthz/", .foreignHost),
        ] as [(String, RequestGate.Refusal?)])
    func `from other machines it is probed by any name`(path: String, refusal expected: RequestGate.Refusal?)
    {
        let host = "10.88.0.7:5580"
        #expect(refusal(RequestGate(isReachedFromElsewhere: true), path: path, host: host) == expected)
        #expect(refusal(RequestGate(), path: path, host: host) == .foreignHost)
    }

    @Test func `a token tells nothing to a foreign page`() throws {
        let gate = RequestGate(token: AccessToken(Self.token))
        let shown = "Bearer \(Self.token)"
        #expect(refusal(gate, host: "evil.example:5580", authorization: shown) == .foreignHost)
        #expect(refusal(gate, origin: "http://evil.example", authorization: shown) == .foreignOrigin)
    }

    @Test(arguments: [
        ("0123456789abcdef", true), ("0123456789abcde", false), ("", false), ("0123456789abcde ", false),
        ("0123456789abcde\u{e9}", false), (String(repeating: "a", count: 4096), true),
        (String(repeating: "a", count: 4097), false),
    ])
    func `a token is long, and can stand in a header`(text: String, isOne: Bool) {
        #expect((AccessToken(text) != nil) == isOne)
    }
}

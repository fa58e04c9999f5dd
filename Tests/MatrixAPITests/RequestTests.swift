import BatchProgress
import Testing

@testable import MatrixAPI

/// How requests are written.
@Suite struct RequestTests {
    @Test(arguments: [
        (["versions"], "versions"),
        (["v3", "join", "!a:b.org"], "v3/join/%21a%3Ab.org"),
        (["v3", "directory", "room", "#a b/c:d"], "v3/directory/room/%23a%20b%2Fc%3Ad"),
        (["v3", "rooms", "!x", "event", "$a/b+c=?"], "v3/rooms/%21x/event/%24a%2Fb%2Bc%3D%3F"),
        (["v3", "é%"], "v3/%C3%A9%25"),
        (["v3", "rooms", "!x", "state", "m.t", ""], "v3/rooms/%21x/state/m.t/"),
    ])
    func `each part of a path is encoded on its own`(path: [String], target: String) {
        #expect(MatrixRequest(.get, path).target == "/_matrix/client/\(target)")
    }

    @Test func `a query is encoded`() {
        let request = MatrixRequest(.get, ["v3", "sync"], query: [("since", "s1&2=3"), ("timeout", "0")])
        #expect(request.target == "/_matrix/client/v3/sync?since=s1%262%3D3&timeout=0")
    }

    @Test(arguments: [
        ("https://matrix.example.org", "https://matrix.example.org"),
        ("http://127.0.0.1:8008/", "http://127.0.0.1:8008"),
        ("https://example.org/matrix//", "https://example.org/matrix"),
        ("matrix.example.org", nil), ("ftp://example.org", nil), ("https://", nil), ("", nil),
        ("https://user:secret@example.org", nil), ("https://example.org/?a=b", nil),
        ("https://example.org/#a", nil), ("https://exa mple.org", nil),
    ])
    func `a homeserver's address`(text: String, address: String?) {
        #expect((try? HomeserverAddress(text))?.text == address)
    }

    @Test(arguments: ["", "two words", "a\n", "a\r\nX-Header: b", "é"])
    func `a token that can't be one isn't sent`(token: String) {
        #expect(throws: MatrixError.self) {
            try MatrixClient(homeserver: "https://example.org", accessToken: token)
        }
    }

    @Test(
        arguments: [
            (JSONValue.integer(9_007_199_254_740_991), true), (.integer(9_007_199_254_740_992), false),
            (.integer(-9_007_199_254_740_991), true), (.integer(.min), false), (.number(0.5), false),
            (["a": ["b": [1, 0.5]]], false), (["a": ["b": [1, nil, true, "c"]]], true),
        ] as [(JSONValue, Bool)])
    func `content has whole numbers alone`(content: JSONValue, isCanonical: Bool) {
        #expect(content.isCanonical == isCanonical)
    }

    @Test func `a token is in no description`() {
        let account = MatrixAccount(
            homeserver: "https://example.org", userID: "@a:b", deviceID: "D", accessToken: "secret-token")
        var dumped = ""
        dump(account, to: &dumped)
        for text in ["\(account)", String(reflecting: account), dumped] {
            #expect(!text.contains("secret"), "\(text)")
        }
    }
}

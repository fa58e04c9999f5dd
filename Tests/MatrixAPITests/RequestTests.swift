import Testing

@testable import MatrixAPI

/// How requests are written.
@Suite struct RequestTests {
    @Test(arguments: [
        (["versions"], "/_matrix/client/versions"),
        (["v3", "join", "!a:b.org"], "/_matrix/client/v3/join/%21a%3Ab.org"),
        (["v3", "directory", "room", "#a b/c:d"], "/_matrix/client/v3/directory/room/%23a%20b%2Fc%3Ad"),
        (
            ["v3", "rooms", "!x", "event", "$a/b+c=?"],
            "/_matrix/client/v3/rooms/%21x/event/%24a%2Fb%2Bc%3D%3F"
        ),
        (["v3", "é%"], "/_matrix/client/v3/%C3%A9%25"),
        (["v3", "rooms", "!x", "state", "m.t", ""], "/_matrix/client/v3/rooms/%21x/state/m.t/"),
    ])
    func `each part of a path is encoded on its own`(path: [String], target: String) {
        #expect(MatrixRequest(.get, path).target == target)
    }
}

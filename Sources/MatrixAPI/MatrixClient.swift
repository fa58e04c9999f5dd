import BatchProgress

/// One account on one homeserver. Each call ends within a time, and takes no more than a size; it throws a
/// `MatrixError`, or a `CancellationError`, and is never repeated by itself.
///
/// https://spec.matrix.org/v1.19/client-server-api/
package struct MatrixClient: Sendable {
    private let exchange: HTTPExchange

    /// - Parameters:
    ///   - homeserver: its address, such as `https://matrix.example.org`.
    ///   - accessToken: nil for what needs none, such as `versions`.
    /// - Throws: `unusable`, if this is no address; `refused`, if the token can't be one.
    package init(homeserver: String, accessToken: String?) throws(MatrixError) {
        if let accessToken, accessToken.isEmpty || !accessToken.utf8.allSatisfy({ 0x21...0x7e ~= $0 }) {
            throw .refused(status: 401, code: "M_UNKNOWN_TOKEN", message: "a token has no spaces or newlines")
        }
        exchange = HTTPExchange(homeserver: try HomeserverAddress(homeserver), accessToken: accessToken)
    }

    package init(_ account: MatrixAccount) throws(MatrixError) {
        try self.init(homeserver: account.homeserver, accessToken: account.accessToken)
    }

    /// A request of any kind.
    package func ask(_ request: MatrixRequest) async throws -> JSONValue {
        try await exchange.answer(to: request)
    }

    /// By name and password. Homeservers allow few logins: keep what this gives.
    /// - Parameters:
    ///   - user: a name such as `tally`, or a whole id.
    ///   - deviceID: that of an earlier login, which then goes on under a new token.
    package static func login(
        homeserver: String, user: String, password: String, deviceID: String?, deviceName: String
    ) async throws -> MatrixAccount {
        let exchange = HTTPExchange(homeserver: try HomeserverAddress(homeserver), accessToken: nil)
        var body: JSONValue = [
            "type": "m.login.password", "identifier": ["type": "m.id.user", "user": .string(user)],
            "password": .string(password), "initial_device_display_name": .string(deviceName),
        ]
        if let deviceID { body = body.merging(["device_id": .string(deviceID)]) }
        let answer = try await exchange.answer(to: MatrixRequest(.post, ["v3", "login"], body: body))
        return MatrixAccount(
            homeserver: exchange.homeserver.text, userID: try answer.text("user_id"),
            deviceID: try answer.text("device_id"), accessToken: try answer.text("access_token"))
    }

    /// Whose token this is. Those of application services may have no device.
    package func whoAmI() async throws -> (userID: String, deviceID: String?) {
        let answer = try await ask(MatrixRequest(.get, ["v3", "account", "whoami"]))
        return (try answer.text("user_id"), answer["device_id"]?.string)
    }

    /// The versions of the specification that the homeserver knows, such as `v1.11`.
    package func versions() async throws -> [String] {
        try await ask(MatrixRequest(.get, ["versions"])).list("versions").compactMap(\.string)
    }

    /// All logins of the account.
    package func devices() async throws -> [MatrixDevice] {
        try await ask(MatrixRequest(.get, ["v3", "devices"])).list("devices").compactMap(MatrixDevice.init)
    }
}

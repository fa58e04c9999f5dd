/// A login that goes on: what was answered to it, so that nobody has to log in again.
///
/// https://spec.matrix.org/v1.19/client-server-api/#login
package struct MatrixAccount: Codable, Hashable, Sendable {
    /// Its address, such as `https://matrix.example.org`.
    package var homeserver: String
    package var userID: String
    /// Transaction ids are remembered for a device: with another one what was sent before would be sent again.
    package var deviceID: String
    package var accessToken: String

    package init(homeserver: String, userID: String, deviceID: String, accessToken: String) {
        self.homeserver = homeserver
        self.userID = userID
        self.deviceID = deviceID
        self.accessToken = accessToken
    }
}

extension MatrixAccount: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Without the token: descriptions end up in logs.
    package var description: String { "\(userID) on \(homeserver), device \(deviceID)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror {
        Mirror(self, children: ["homeserver": homeserver, "userID": userID, "deviceID": deviceID])
    }
}

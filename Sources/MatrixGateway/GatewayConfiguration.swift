import BatchProgress
import MatrixRoom

/// What a gateway is told to do.
package struct GatewayConfiguration: Sendable {
    /// How the account is shown to be ours.
    package enum Credentials: Sendable {
        case token(String)
        /// - Parameter password: nil: the login of an earlier run has to do.
        case login(user: String, password: String?)
    }

    /// Such as `https://matrix.example.org`.
    package var homeserver: String
    package var credentials: Credentials
    /// Ids or aliases.
    package var rooms: [String]
    /// For this gateway alone; it has to be there.
    package var stateFolder: String
    /// Who may invite into further rooms.
    package var inviters: Set<MatrixUserID> = []
    package var permission = CommandPermission()
    package var choice = BatchChoice()
    /// Whom a batch's actor is in the rooms.
    package var mentions: [String: MatrixUserID] = [:]
    package var schedule = MessageSchedule.Settings()
    /// The homeserver's limit: messages of this account per second, and how many at once.
    package var messagesPerSecond = 0.2
    package var burst = 10

    package init(homeserver: String, credentials: Credentials, rooms: [String], stateFolder: String) {
        self.homeserver = homeserver
        self.credentials = credentials
        self.rooms = rooms
        self.stateFolder = stateFolder
    }
}

import ArgumentParser
import BatchClient
import BatchProgress
import CLIGateway
import Foundation
import LocalFleet
import Logging
import MatrixGateway
import MatrixRoom
import Observability

struct MatrixCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "matrix",
        abstract: "Show batches in Matrix rooms, one living message each.",
        discussion: """
              tally matrix --room '#builds:example.org'

            TALLY_MATRIX_HOMESERVER, or --homeserver, says where: https://matrix.example.org. The account's access token is in TALLY_MATRIX_TOKEN, or in the file that TALLY_MATRIX_TOKEN_FILE names. \
            Or else it logs in once as --user, with the password in TALLY_MATRIX_PASSWORD or the file that \
            TALLY_MATRIX_PASSWORD_FILE names, and keeps the login in its state folder. Encrypted rooms are refused.

            In a room, '!tally help' tells what can be asked there. SIGTERM or Ctrl-C ends it; started again it goes on \
            with the same messages.
            """)

    @Option(
        help: ArgumentHelp(
            "The homeserver's address, such as https://matrix.example.org. (default: TALLY_MATRIX_HOMESERVER)",
            valueName: "url"))
    var homeserver: String?

    @Option(
        name: .customLong("room"),
        help: ArgumentHelp(
            "A room's id or alias; may be given again. (default: TALLY_MATRIX_ROOM, separated by commas)",
            valueName: "room"))
    var rooms: [String] = []

    @Option(
        help: ArgumentHelp(
            "Who to log in as, where there is no token. (default: TALLY_MATRIX_USER)", valueName: "name"))
    var user: String?

    @Option(
        help: ArgumentHelp(
            "The folder of what is kept, for this gateway alone. (default: 'matrix' in the state folder)",
            valueName: "folder"))
    var state: String?

    @Option(
        name: .customLong("allow-inviter"),
        help: ArgumentHelp(
            "Whose invitations into further rooms are followed, such as @alice:example.org; may be given again.",
            valueName: "user"))
    var inviters: [String] = []

    @Option(
        name: .customLong("allow-command-from"),
        help: ArgumentHelp(
            "Who may cancel, pause, resume and retry batches from a room; may be given again.",
            valueName: "user"))
    var commanders: [String] = []

    @Option(
        help: ArgumentHelp(
            "Whoever has this power level in a room may as well, such as 50 for its moderators.",
            valueName: "n"))
    var commandPowerLevel: Int64?

    @Option(
        name: .customLong("mention"),
        help: ArgumentHelp(
            "Who an actor is in the rooms, to be told of a batch's end: alice=@alice:example.org; may be given again.",
            valueName: "actor=user"))
    var mentions: [String] = []

    @Option(
        name: .customLong("only-label"),
        help: ArgumentHelp("Show batches with this label only; may be given again.", valueName: "label"))
    var labels: [String] = []

    @Option(
        name: .customLong("only-actor"),
        help: ArgumentHelp(
            "Show batches that this actor asked for only; may be given again.", valueName: "actor"))
    var actors: [String] = []

    @Option(
        help: ArgumentHelp(
            "A batch that ends sooner, and without a failure, isn't shown.", valueName: "time"))
    var showAfter = DurationArgument(.seconds(3))

    @Option(
        help: ArgumentHelp(
            "Whoever asked for a batch is told of its end if it lasted so long.", valueName: "time"))
    var mentionAfter = DurationArgument(.seconds(60))

    @Option(
        help: ArgumentHelp(
            "How many messages a second the homeserver allows the account, on average.", valueName: "n"))
    var messagesPerSecond = 0.2

    @Option(help: ArgumentHelp("How many at once.", valueName: "n"))
    var burst = 10

    @OptionGroup var coordinator: CoordinatorOption

    @OptionGroup var probes: ProbeOption

    func run() async throws {
        let configuration = try gatewayConfiguration
        let address = try coordinator.address
        let log = Settings.logger("tally.matrix")
        let gateway = GatewayStatus()
        let outcome = try await untilInterrupted {
            try await probes.serve(ProcessStatus { await gateway.lacking }, log: log) {
                try await MatrixGateway.run(configuration, coordinator: address, status: gateway, log: log)
            }
        }
        log.info("ended")
        // Being told to end is how it ends.
        if case .interrupted = outcome { throw CLIGateway.ExitCode.allCompleted }
    }

    private var gatewayConfiguration: GatewayConfiguration {
        get throws {
            let secrets = MatrixSecrets(environment: Settings.environment)
            var configuration = GatewayConfiguration(
                homeserver: try homeserverAddress, credentials: try secrets.credentials(user: user),
                rooms: try roomNames, stateFolder: try stateFolder)
            configuration.inviters = try users(inviters, from: "--allow-inviter")
            configuration.permission = CommandPermission(
                users: try users(commanders, from: "--allow-command-from"), powerLevel: commandPowerLevel)
            configuration.choice = BatchChoice(labels: Set(labels), actors: Set(actors))
            configuration.mentions = try mentionedUsers
            configuration.schedule.showAfter = showAfter.duration
            configuration.schedule.mentionAfter = mentionAfter.duration
            try setLimit(of: &configuration)
            return configuration
        }
    }

    private var homeserverAddress: String {
        get throws {
            guard let address = homeserver ?? Settings.environment["TALLY_MATRIX_HOMESERVER"],
                !address.isEmpty
            else {
                throw UsageError(
                    "which homeserver? Say --homeserver https://matrix.example.org, or set TALLY_MATRIX_HOMESERVER"
                )
            }
            if let fault = MatrixSettings.homeserverFault(address) {
                throw UsageError("--homeserver: \(fault)")
            }
            return String(address.reversed().drop { $0 == "/" }.reversed())
        }
    }

    private var roomNames: [String] {
        get throws {
            let set = Settings.environment["TALLY_MATRIX_ROOM"].map(MatrixSettings.rooms) ?? []
            let names = rooms.isEmpty ? set : rooms
            for name in names {
                if let fault = MatrixSettings.roomFault(name) { throw UsageError("--room: \(fault)") }
            }
            guard !names.isEmpty || !inviters.isEmpty else {
                throw UsageError(
                    "which room? Say --room '#alias:server' or '!id', set TALLY_MATRIX_ROOM, or say by --allow-inviter "
                        + "who may invite the account into one")
            }
            return names
        }
    }

    private var stateFolder: String {
        get throws {
            let folder = try state ?? StateFolder().path + "/matrix"
            try StateFolder.makeFolder(folder)
            return folder
        }
    }

    private func users(_ names: [String], from flag: String) throws -> Set<MatrixUserID> {
        Set(try names.map { try MatrixSettings.user($0, from: flag) })
    }

    private var mentionedUsers: [String: MatrixUserID] {
        get throws {
            var users: [String: MatrixUserID] = [:]
            for mention in mentions {
                guard let equals = mention.lastIndex(of: "="), equals != mention.startIndex else {
                    throw UsageError(
                        "--mention: '\(mention)' is no ACTOR=USER, such as alice=@alice:example.org")
                }
                users[String(mention[..<equals])] = try MatrixSettings.user(
                    String(mention[mention.index(after: equals)...]), from: "--mention")
            }
            return users
        }
    }

    private func setLimit(of configuration: inout GatewayConfiguration) throws {
        guard messagesPerSecond >= 0.001, messagesPerSecond <= 1000 else {
            throw UsageError("--messages-per-second is 0.001 to 1000, not \(messagesPerSecond)")
        }
        guard 1...10_000 ~= burst else { throw UsageError("--burst is 1 to 10000, not \(burst)") }
        configuration.messagesPerSecond = messagesPerSecond
        configuration.burst = burst
    }
}

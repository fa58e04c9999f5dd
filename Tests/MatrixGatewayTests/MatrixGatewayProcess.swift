import BatchClient
import BatchProgress
import Foundation
import Glibc
import MatrixAPI
import MatrixTesting
import ProcessTesting
import Testing

/// A room in which Ann looks on while `tally matrix` posts as the bot.
struct MatrixRoomScene {
    let synapse: Synapse
    let ann: MatrixUser
    let bot: MatrixUser
    let room: String

    init(_ synapse: Synapse) async throws {
        self.synapse = synapse
        ann = try await synapse.user("ann")
        bot = try await synapse.user("bot")
        room = try await ann.createRoom(inviting: [bot])
    }

    /// Starts the gateway, and waits until it has joined.
    func gateway(
        _ home: Home, _ arguments: String..., limits: Synapse.Limits, as login: MatrixUser? = nil,
        homeserver: String? = nil
    ) async throws -> TestProcess {
        let gateway = try start(home, arguments, limits: limits, as: login, homeserver: homeserver)
        try await eventually("the gateway posts") {
            guard gateway.isRunning else { throw Overdue(gateway.errorText) }
            return gateway.errorText.contains(" posts in ")
        }
        return gateway
    }

    func start(
        _ home: Home, _ arguments: [String] = [], limits: Synapse.Limits = .off,
        as login: MatrixUser? = nil, homeserver: String? = nil
    ) throws -> TestProcess {
        let words =
            [
                "matrix", "--homeserver", homeserver ?? synapse.url, "--room", room, "--mention",
                "ann=\(ann.id)",
            ] + (limits == .off ? ["--messages-per-second", "20", "--burst", "20"] : []) + arguments
        return try home.start(
            raw: words.map { bytes($0) },
            environment: ["TALLY_MATRIX_TOKEN=\((login ?? bot).account.accessToken)"])
    }

    func look() async throws -> RoomView { try await ann.look(at: room) }

    /// The room, once the only message of a batch says how it ended.
    func whenEnded(_ batch: String, within limit: Duration = .seconds(60)) async throws -> RoomView {
        try await eventuallyValue("batch \(batch) has ended in the room", within: limit) {
            let view = try await look()
            guard let message = view.originals(of: batch).first else { return nil }
            guard view.originals(of: batch).count == 1 else { throw Overdue("one message of \(batch)") }
            return view.body(of: message).contains(/completed|failures|cancelled at/) ? view : nil
        }
    }
}

extension RoomView {
    /// Messages about a batch, without edits and mentions.
    func originals(of batch: String) -> [MatrixEvent] {
        events.filter {
            $0.content["dev.tally.batch"]?["id"]?.string == batch && $0.relation == nil && !$0.isRedacted
        }
    }

    /// The shares that a message told, one after the other.
    func percentages(of message: MatrixEvent) -> [Int] {
        contents(of: message).compactMap { content in
            content["body"]?.string?.firstMatch(of: /: (\d+)%/).flatMap { Int($0.1) }
        }
    }

    var mentions: [MatrixEvent] { events.filter { !mentions(in: $0).isEmpty } }
}

extension Home {
    /// A batch of operations that take this long each, asked for by Ann.
    func sleepers(_ id: String, count: Int, seconds: Double = 0.02, label: String? = nil) async throws {
        let operations = [String](repeating: #"{"type":"sleep","data":\#(seconds)}"#, count: count)
        let words =
            ["submit", "--id", id] + (label.map { ["--label", $0] } ?? []) + [
                try self.operations(operations)
            ]
        let finished = try await run(raw: words.map { bytes($0) }, environment: ["USER=ann"])
        try #require(finished.ending == .exited(0), "\(finished.error)")
    }
}

/// Whether tests that take minutes are wanted: `scripts/test --all`.
let isLongWanted = ProcessInfo.processInfo.environment["TALLY_TEST_LONG"] != nil

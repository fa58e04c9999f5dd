import BatchProgress

@testable import MatrixAPI
@testable import MatrixGateway
@testable import MatrixRoom

extension Fuzzer {
    /// A homeserver's answers: the status' number, Retry-After, Location and the body.
    static let matrix = Fuzzer(name: "matrix", isJSON: true) { bytes in
        for message in Frames.messages(in: bytes) {
            guard message.count == 4 else { continue }
            let heads = message.prefix(3).map { String(decoding: $0, as: UTF8.self) }
            let answer = RawAnswer(
                status: Int(heads[0]).map { max(0, min($0, 999)) } ?? 200,
                retryAfter: heads[1].isEmpty ? nil : heads[1], location: heads[2].isEmpty ? nil : heads[2],
                body: message[3])
            do throws(MatrixError) {
                read(try answer.object())
            } catch {
                requireHarmless([error.description])
                if case .limited(let wait?) = error {
                    require(wait >= .zero && wait <= .seconds(3600), "to wait for \(wait)")
                }
            }
        }
    }

    private static let user = "@tally:example.org"
    private static let now: Int64 = 1_700_000_000_000

    /// As the answer to whatever was asked.
    private static func read(_ json: JSONValue) {
        if let sync = try? SyncAnswer(json, user: user) {
            for room in sync.joined.values {
                for event in room.events { read(event) }
            }
        }
        for list in ["devices", "chunk", "versions", "joined_rooms"] {
            for item in (try? json.list(list)) ?? [] {
                _ = MatrixDevice(item)
                if let event = MatrixEvent(item) { read(event) }
            }
        }
        let levels = PowerLevels(content: json["content"], creation: json["creation"])
        let permission = CommandPermission(powerLevel: 50)
        if let sender = MatrixUserID(user) {
            _ = permission.refusal(of: sender, power: levels.level(of: sender.description))
        }
        let ours = GatewayClaim(device: "D", instance: "i", since: now - 60_000, at: now)
        _ = ours.rival(GatewayClaim(json), at: now)
    }

    private static func read(_ event: MatrixEvent) {
        _ = event.relation
        _ = Duration.milliseconds(now - event.timestamp)
        guard let body = event.content["body"]?.string else { return }
        if let sender = MatrixUserID(event.sender) {
            var message = RenderedMessage()
            message.add(user: sender)
            require(message.html.split(separator: "<").count == 2, message.html)
        }
        switch RoomCommand.parse(body) {
        case .failure(let fault):
            requireHarmless([fault.description])
            _ = MessageContent.answer(RenderedMessage(saying: fault.description), to: event.id).bytes
        case .success(.retry): _ = RoomCommand.retryID(of: event.id)
        case .success, nil: break
        }
    }
}

import BatchProgress
import Logging
import MatrixAPI
import MatrixRoom

extension MatrixGateway {
    private static let longestPoll: Duration = .seconds(30)
    /// Nobody is asked more often, not even one who answers at once that there is nothing.
    private static let soonest: Duration = .milliseconds(300)
    /// What a homeserver refuses for no reason that we know is asked again after this long.
    private static let afterRefusal: Duration = .seconds(30)
    /// What was asked while nobody listened may not be meant any more.
    private static let oldestCommand: Duration = .seconds(600)

    func followRooms() async throws {
        var since: String? = try store.fact(.since)
        var beginning = beginning
        while true {
            try Task.checkCancellation()
            let asked = clock.now
            do {
                let answer = try await client.sync(
                    since: since, user: account.userID, filter: filter,
                    // One that was away answers at once that it is back.
                    timeout: since == nil || newsOutage.isAway ? .zero : Self.longestPoll)
                if newsOutage.end(log) { goOnSending() }
                try await take(answer, from: since == nil ? beginning : nil)
                since = answer.nextBatch
                if clock.now < asked + Self.soonest { try await Task.sleep(for: Self.soonest) }
            } catch let error as MatrixError {
                if case .unknownToken = error { throw GatewayFault.tokenRefused(account.homeserver, error) }
                if case .refused = error { (since, beginning) = (nil, clock.now) }
                try await Task.sleep(for: newsOutage.begin(error, log) ?? refusalOfNews(error))
            }
        }
    }

    private func goOnSending() {
        schedule.endSilence()
        waker.wake()
    }

    private func refusalOfNews(_ error: MatrixError) -> Duration {
        // Whoever refuses is there.
        if newsOutage.end(log) { goOnSending() }
        log.warning("the homeserver tells no news: \(error); asking again in \(Self.afterRefusal.formatted)")
        return Self.afterRefusal
    }

    /// Nothing that we don't look at, and nothing of our own.
    private var filter: JSONValue {
        let none: JSONValue = ["types": []]
        return [
            "presence": none, "account_data": none,
            "room": [
                "account_data": none, "ephemeral": none,
                "state": ["types": ["m.room.encryption", "m.room.tombstone"]],
                "timeline": [
                    "limit": 50, "not_senders": [.string(account.userID)],
                    "types": [
                        "m.room.message", "m.room.redaction", "m.room.encryption", "m.room.tombstone",
                    ],
                ],
            ],
        ]
    }

    /// What was asked is done before it is noted as read: after a kill between the two it is done again, which
    /// changes nothing, and answered once.
    ///
    /// - Parameter beginning: what was asked before is passed over; nil: nothing is, since all of it is new to us. By our
    ///   clock: if the homeserver's is behind, so much of the first moments is passed over as well.
    private func take(_ news: SyncAnswer, from beginning: Timestamp?) async throws {
        for (room, inviter) in news.invites.sorted(by: { $0.key < $1.key }) {
            try await join(room, invitedBy: inviter)
        }
        var answers: [RoomAnswer] = []
        for (room, happened) in news.joined.sorted(by: { $0.key < $1.key }) where rooms.contains(room) {
            for event in happened.events { try await takeState(event, in: room) }
            for event in happened.timeline where event.timestamp >= beginning?.milliseconds ?? .min {
                if let answer = try await answer(to: event, in: room) { answers.append(answer) }
            }
        }
        for room in news.left.keys.sorted() {
            close(room, .refused, because: "we were removed from it; invite \(account.userID) again to go on")
        }
        try store.save(since: news.nextBatch, answers: answers)
        try send(answers)
    }

    private func send(_ answers: [RoomAnswer]) throws {
        for answer in answers where !schedule.add(answer, at: clock.now) {
            log.notice("\(answer.room): too many commands at once; one is not answered")
            try store.removeAnswer(to: answer.command)
        }
        waker.wake()
    }

    /// Whoever joins, also for the second time, is told what was said before: that was done already, or said to others.
    /// By the homeserver's clock, in milliseconds since 1970.
    private func joiningTime(_ room: String) async throws -> Int64 {
        if let known = joiningTimes[room] { return known }
        let path = ["v3", "rooms", room, "state", "m.room.member", account.userID]
        let event = try await client.ask(MatrixRequest(.get, path, query: [("format", "event")]))
        let time = event["origin_server_ts"]?.integer ?? 0
        joiningTimes[room] = time
        return time
    }

    private func takeState(_ event: MatrixEvent, in room: String) async throws {
        switch event.type {
        case "m.room.encryption":
            close(room, .encrypted, because: RoomEntry.encrypted)
        case "m.room.tombstone":
            if let successor = event.content["replacement_room"]?.string {
                try await replace(room, by: successor)
            }
        case "m.room.redaction":
            if let redacted = event.redacts { try self.redacted(redacted, in: room) }
        default: break
        }
    }

    private func answer(to event: MatrixEvent, in room: String) async throws -> RoomAnswer? {
        guard event.type == "m.room.message", event.content["msgtype"]?.string == "m.text",
            event.relation?.type != "m.replace", let sender = MatrixUserID(event.sender),
            let body = event.content["body"]?.string, let command = RoomCommand.parse(body),
            try await event.timestamp >= joiningTime(room)
        else { return nil }
        let age = Duration.milliseconds(clock.now.milliseconds - event.timestamp)
        let message =
            age > Self.oldestCommand
            ? RenderedMessage(
                saying:
                    "that was asked \(age.formatted) ago, while nobody listened; ask again if it still holds")
            : try await carryOut(command, by: sender, in: room, event: event.id)
        return RoomAnswer(room: room, command: event.id, message: message)
    }
}

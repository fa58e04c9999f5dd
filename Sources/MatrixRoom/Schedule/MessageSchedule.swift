import BatchProgress

/// What is sent next, and when: one account's messages in all its rooms.
///
/// Only the newest state of each batch waits. Ends go before progress, and of messages alike the one that stood
/// longest goes first. One sending is on its way at a time: the limit is the account's, and what came of one decides
/// on the next.
package struct MessageSchedule: Sendable {
    package struct Settings: Sendable {
        /// A batch that ends sooner, and well, is never shown.
        package var showAfter: Duration = .seconds(3)
        /// Whoever asked for a batch that lasted as long is told of its end.
        package var mentionAfter: Duration = .seconds(60)

        package init() {}
    }

    package enum Step: Hashable, Sendable {
        case send(Sending)
        /// Nothing until then; nil: until something happens.
        case wait(until: Timestamp?)
    }

    struct WaitingAnswer: Sendable {
        var answer: RoomAnswer
        var since: Timestamp
    }

    /// Tokens that progress leaves to ends and answers.
    private static let reserve = 3
    /// More commands are not answered, so that whoever floods the room doesn't stop the rest.
    private static let mostAnswers = 5
    /// More batches are not shown: at a homeserver's usual limit their messages would come hours late.
    private static let mostMessages = 5_000

    let settings: Settings
    package internal(set) var bucket: TokenBucket
    var messages: [MessageKey: LivingMessage] = [:]
    var answers: [WaitingAnswer] = []
    var rooms: Set<String>
    /// Those of them in which nothing can be sent for now.
    var closedRooms: Set<String> = []
    var inFlight: Sending?
    /// Until then the homeserver is left alone.
    var silentUntil: Timestamp?

    package init(_ settings: Settings, bucket: TokenBucket, rooms: Set<String>) {
        self.settings = settings
        self.bucket = bucket
        self.rooms = rooms
    }

    package func isOpen(_ room: String) -> Bool { rooms.contains(room) && !closedRooms.contains(room) }

    /// How many messages are being kept up.
    package var count: Int { messages.count }

    package func follows(_ key: MessageKey) -> Bool { messages[key] != nil }

    /// Takes up a batch's message.
    ///
    /// - Parameters:
    ///   - asker: who is told of its end.
    ///   - kept: what an earlier run left of it.
    package mutating func follow(
        _ event: BatchProgressEvent, in room: String, asker: MatrixUserID?, kept: KeptMessage?,
        at now: Timestamp
    ) {
        let kept = kept ?? KeptMessage()
        guard !kept.isFinished, !kept.isLeftAlone, isOpen(room), messages.count < Self.mostMessages else {
            return
        }
        let isDue = isOld(event) || !kept.watchers.isEmpty
        let message = LivingMessage(
            event, in: room, asker: asker, kept: kept, appearing: isDue ? now : now + settings.showAfter)
        guard messages[message.key] == nil else { preconditionFailure("it is followed already") }
        messages[message.key] = message
        take(event, for: message.key, at: now)
    }

    /// A batch's newest state.
    package mutating func take(_ event: BatchProgressEvent, at now: Timestamp) {
        for room in rooms { take(event, for: MessageKey(room: room, batch: event.batchId), at: now) }
    }

    private mutating func take(_ event: BatchProgressEvent, for key: MessageKey, at now: Timestamp) {
        guard var message = messages[key], message.event.revision <= event.revision else { return }
        message.take(event, mentionAfter: settings.mentionAfter, at: now)
        let isWorthIt =
            !event.status.isEnd || event.status == .failed || message.hasBegun || isOld(event)
            || !message.kept.watchers.isEmpty
        messages[key] = isWorthIt ? message : nil
    }

    private func isOld(_ event: BatchProgressEvent) -> Bool {
        event.lasted.map { $0 >= settings.showAfter } ?? false
    }

    /// - Returns: whether it will be sent.
    package mutating func add(_ answer: RoomAnswer, at now: Timestamp) -> Bool {
        guard answers.count < Self.mostAnswers, isOpen(answer.room) else { return false }
        answers.append(WaitingAnswer(answer: answer, since: now))
        return true
    }

    package mutating func next(at now: Timestamp) -> Step {
        guard inFlight == nil else { return .wait(until: nil) }
        if let silentUntil, silentUntil > now { return .wait(until: silentUntil) }
        guard let (turn, choice) = choose(at: now) else { return .wait(until: nil) }
        let moment = start(of: turn, at: now)
        guard moment <= now else { return .wait(until: moment) }
        let sending = begin(choice)
        inFlight = sending
        bucket.take(at: now)
        return .send(sending)
    }

    private mutating func begin(_ choice: Choice) -> Sending {
        switch choice {
        case .answer(let answer): return answer.sending
        case .message(let key):
            guard let sending = messages[key]?.begin() else {
                preconditionFailure("a message that has its turn is there")
            }
            return sending
        }
    }

    package func kept(_ key: MessageKey) -> KeptMessage? { messages[key]?.kept }
}

// MARK: Whose turn it is

extension MessageSchedule {
    private enum Choice {
        case answer(RoomAnswer)
        case message(MessageKey)

        /// So that the same happens whatever order a dictionary has.
        var name: String {
            switch self {
            case .answer(let answer): answer.room + answer.command
            case .message(let key): key.room + key.batch.description
            }
        }
    }

    /// The one that can start first; of those that could now, the first by rank.
    private func choose(at now: Timestamp) -> (MessageTurn, Choice)? {
        var best: (turn: MessageTurn, choice: Choice, start: Timestamp)?
        func offer(_ turn: MessageTurn, _ choice: Choice) {
            let start = start(of: turn, at: now)
            if let best, !isBefore((turn, choice, start), best) { return }
            best = (turn, choice, start)
        }
        for answer in answers where isOpen(answer.answer.room) {
            let turn = MessageTurn(isUrgent: true, since: answer.since, notBefore: answer.since)
            offer(turn, .answer(answer.answer))
        }
        for (key, message) in messages where isOpen(key.room) {
            if let turn = message.turn { offer(turn, .message(key)) }
        }
        return best.map { ($0.turn, $0.choice) }
    }

    private func start(of turn: MessageTurn, at now: Timestamp) -> Timestamp {
        max(now, turn.notBefore, bucket.ready(leaving: turn.isUrgent ? 0 : Self.reserve, at: now))
    }

    private func isBefore(
        _ left: (turn: MessageTurn, choice: Choice, start: Timestamp),
        _ right: (turn: MessageTurn, choice: Choice, start: Timestamp)
    ) -> Bool {
        if left.start != right.start { return left.start < right.start }
        if left.turn.isUrgent != right.turn.isUrgent { return left.turn.isUrgent }
        if left.turn.since != right.turn.since { return left.turn.since < right.turn.since }
        return left.choice.name < right.choice.name
    }
}

import BatchProgress

extension MessageSchedule {
    /// What is to be kept of a message from now on.
    package struct Change: Hashable, Sendable {
        package var key: MessageKey
        package var kept: KeptMessage
    }

    /// What became of the sending on its way.
    ///
    /// - Returns: what has to be kept; nil for an answer.
    package mutating func finish(_ result: SendResult, at now: Timestamp) -> Change? {
        guard let sending = inFlight else { preconditionFailure("nothing is on its way") }
        inFlight = nil
        count(result, at: now)
        if case .roomClosed = result { close(sending.room) }
        guard let key = sending.key else {
            finishAnswer(sending, result)
            return nil
        }
        // It may be gone: its room was left meanwhile.
        guard var message = messages[key] else { return nil }
        switch result {
        case .accepted(let eventID): message.accept(eventID: eventID, at: now)
        case .limited, .roomClosed: message.refuse()
        case .lost: message.lose()
        case .refused: message.giveUp()
        }
        return settle(message)
    }

    private mutating func count(_ result: SendResult, at now: Timestamp) {
        switch result {
        case .accepted: bucket.succeed()
        case .limited(let retryAfter): bucket.refuse(for: retryAfter, at: now)
        case .lost(let wait): silentUntil = now + wait
        case .refused, .roomClosed: break
        }
    }

    /// The homeserver was heard from: what was lost is sent again now.
    package mutating func endSilence() { silentUntil = nil }

    private mutating func finishAnswer(_ sending: Sending, _ result: SendResult) {
        switch result {
        case .accepted, .refused, .roomClosed: answers.removeAll { $0.answer.sending == sending }
        case .limited, .lost: break
        }
    }

    private mutating func settle(_ message: LivingMessage) -> Change {
        var message = message
        if message.isDone { message.kept.isFinished = true }
        let isOver = message.kept.isFinished || message.kept.isLeftAlone
        messages[message.key] = isOver ? nil : message
        return Change(key: message.key, kept: message.kept)
    }

    /// Whoever asked for it is told of the end, however long the batch lasts.
    package mutating func watch(_ key: MessageKey, by user: MatrixUserID) -> Change? {
        guard var message = messages[key] else { return nil }
        message.kept.watchers = Self.adding(user, to: message.kept.watchers)
        messages[key] = message
        return Change(key: key, kept: message.kept)
    }

    /// At most twenty: a mention names them all.
    package static func adding(_ user: MatrixUserID, to watchers: [String]) -> [String] {
        guard watchers.count < 20, !watchers.contains(user.description) else { return watchers }
        return watchers + [user.description]
    }

    /// Nothing more will be known of the batch: its message stays as it is.
    package mutating func drop(_ key: MessageKey) -> KeptMessage? {
        messages.removeValue(forKey: key)?.kept
    }

    // MARK: Rooms

    package mutating func open(_ room: String) {
        rooms.insert(room)
        closedRooms.remove(room)
    }

    /// Nothing is sent there until it is open again.
    package mutating func close(_ room: String) { closedRooms.insert(room) }

    /// Its messages are forgotten.
    package mutating func abandon(_ room: String) {
        rooms.remove(room)
        closedRooms.remove(room)
        messages = messages.filter { $0.key.room != room }
        answers.removeAll { $0.answer.room == room }
    }

    /// Somebody took the message away: then that is what people want.
    package mutating func redact(_ eventID: String, in room: String) -> Change? {
        guard
            var message = messages.values.first(where: { $0.key.room == room && $0.kept.original == eventID })
        else { return nil }
        message.kept.isLeftAlone = true
        return settle(message)
    }
}

import BatchProgress

/// A batch's message in a room: what is there, and what should be.
struct LivingMessage: Sendable {
    /// What was sent and not answered. Until it is known what became of it nothing else is sent of this message, since
    /// of two edits the homeserver may take the older one last.
    struct Unanswered: Sendable {
        var sending: Sending
        /// Whether an answer was lost, so that it may have been accepted.
        var mayHaveArrived = false
        /// Whether an earlier run sent something under the same transaction, and nobody knows what.
        var mayDiffer = false
    }

    let key: MessageKey
    private(set) var event: BatchProgressEvent
    private(set) var message: RenderedMessage
    /// By the settings' map from actors to users.
    let asker: MatrixUserID?
    var kept: KeptMessage
    var unanswered: Unanswered?
    /// What the room shows; nil where that isn't known, as after a start.
    private var shown: RenderedMessage?
    /// When something of it was accepted last; before that, when it should appear.
    private var touchedAt: Timestamp
    private var endedAt: Timestamp?
    /// Told of the end.
    private var mentions: [MatrixUserID] = []
    private var isMentioned = false

    /// A mention may wait a little, so that the last states of batches that end together come first.
    private static let mentionsBehind: Duration = .seconds(20)

    init(
        _ event: BatchProgressEvent, in room: String, asker: MatrixUserID?, kept: KeptMessage,
        appearing: Timestamp
    ) {
        key = MessageKey(room: room, batch: event.batchId)
        self.event = event
        self.asker = asker
        self.kept = kept
        message = RenderedMessage(of: event)
        touchedAt = appearing
    }

    /// Something of it is there, or may be.
    var hasBegun: Bool { kept.original != nil || kept.unanswered != nil }

    mutating func take(_ event: BatchProgressEvent, mentionAfter: Duration, at now: Timestamp) {
        self.event = event
        message = RenderedMessage(of: event)
        guard event.status.isEnd, endedAt == nil else { return }
        endedAt = now
        let isLong = event.lasted.map { $0 >= mentionAfter } ?? false
        let told = (isLong ? [asker].compactMap(\.self) : []) + kept.watchers.compactMap { MatrixUserID($0) }
        mentions = told.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// Nil: nothing is to be sent of it.
    var turn: MessageTurn? {
        guard !kept.isLeftAlone, !kept.isFinished, hasSomethingToSay else { return nil }
        guard let endedAt else {
            return MessageTurn(isUrgent: false, since: touchedAt, notBefore: notBefore)
        }
        // One that comes into the room only now waits its turn, or a storm of short batches would stop the others.
        guard kept.original != nil else {
            return MessageTurn(isUrgent: false, since: touchedAt, notBefore: endedAt)
        }
        let isMention = unanswered == nil && shown == message
        return MessageTurn(
            isUrgent: true, since: isMention ? endedAt + Self.mentionsBehind : endedAt, notBefore: endedAt)
    }

    private var hasSomethingToSay: Bool {
        if unanswered != nil || kept.original == nil { return true }
        if shown != message { return endedAt != nil || kept.edits < EditPace.mostEdits - 1 }
        return endedAt != nil && !isMentioned && !mentions.isEmpty
    }

    private var notBefore: Timestamp {
        guard unanswered == nil, kept.original != nil else { return touchedAt }
        return touchedAt + (EditPace.interval(age: event.lasted ?? .zero, edits: kept.edits) ?? .zero)
    }

    /// With nothing left to say, ever.
    var isDone: Bool { endedAt != nil && turn == nil && !kept.isLeftAlone }

    /// What is sent now; to be called when it has its turn.
    mutating func begin() -> Sending {
        if let unanswered { return unanswered.sending }
        let isRepeated: Bool
        var sending: Sending
        if let original = kept.original {
            if shown == message {
                sending = make(.mention(mentions, event, under: original), "mention")
                isRepeated = false
            } else {
                sending = make(.edit(message, event, of: original), "edit.\(event.revision)")
                isRepeated = kept.unanswered?.contains(".edit.") ?? false
                if isRepeated, let earlier = kept.unanswered { sending.transaction = earlier }
                if !isRepeated { kept.edits += 1 }
            }
        } else {
            sending = make(.original(message, event), "original")
            isRepeated = kept.unanswered != nil
        }
        kept.unanswered = sending.transaction
        kept.revision = event.revision
        unanswered = Unanswered(sending: sending, mayHaveArrived: isRepeated, mayDiffer: isRepeated)
        return sending
    }

    private func make(_ content: Sending.Content, _ purpose: String) -> Sending {
        Sending(room: key.room, content: content, transaction: Sending.transaction(key, purpose))
    }

    mutating func accept(eventID: String, at now: Timestamp) {
        guard let answered = unanswered else { return }
        unanswered = nil
        kept.unanswered = nil
        touchedAt = now
        switch answered.sending.content {
        case .original(let message, _):
            kept.original = eventID
            shown = answered.mayDiffer ? nil : message
        case .edit(let message, _, _): shown = answered.mayDiffer ? nil : message
        case .mention: isMentioned = true
        case .answer: preconditionFailure("a message of a batch is no answer")
        }
    }

    /// It was not accepted this time: what is sent next is the newest state, unless it was accepted before.
    mutating func refuse() {
        guard let refused = unanswered, !refused.mayHaveArrived else { return }
        unanswered = nil
        kept.unanswered = nil
        if case .edit = refused.sending.content { kept.edits -= 1 }
    }

    mutating func lose() { unanswered?.mayHaveArrived = true }

    /// What will never be accepted is given up, and with it all but a mention takes the message along.
    mutating func giveUp() {
        if case .mention? = unanswered?.sending.content {
            isMentioned = true
        } else {
            kept.isLeftAlone = true
        }
        unanswered = nil
        kept.unanswered = nil
    }
}

/// When a message may be sent, and before which others.
struct MessageTurn: Hashable, Sendable {
    /// Ends and answers go first, and may use what of the account's limit is kept back from progress.
    var isUrgent: Bool
    /// Of those alike whoever waits longest goes first.
    var since: Timestamp
    var notBefore: Timestamp
}

import BatchProgress

/// Of which batch, in which room.
package struct MessageKey: Hashable, Sendable, Comparable {
    package var room: String
    package var batch: BatchID

    package init(room: String, batch: BatchID) {
        self.room = room
        self.batch = batch
    }

    package static func < (left: MessageKey, right: MessageKey) -> Bool {
        (left.room, left.batch) < (right.room, right.batch)
    }
}

/// One event to be sent.
package struct Sending: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case original(RenderedMessage, BatchProgressEvent)
        case edit(RenderedMessage, BatchProgressEvent, of: String)
        case mention([MatrixUserID], BatchProgressEvent, under: String)
        case answer(RoomAnswer)
    }

    package var room: String
    package var content: Content
    /// The same for the same message of ours, whichever process sends it and however often: by this the homeserver
    /// knows it again. Room, purpose and revision are in it because servers were seen to take two events of a
    /// device for one by this id alone.
    package var transaction: String

    /// Nil: an answer.
    package var key: MessageKey? {
        switch content {
        case .original(_, let event), .edit(_, let event, _), .mention(_, let event, _):
            MessageKey(room: room, batch: event.batchId)
        case .answer: nil
        }
    }

    static func transaction(_ key: MessageKey, _ purpose: String) -> String {
        "tally.\(RoomMark.of(key.room)).\(key.batch).\(purpose)"
    }
}

/// An answer to a command, in the room where it was given.
package struct RoomAnswer: Hashable, Codable, Sendable {
    package var room: String
    /// The event with the command.
    package var command: String
    package var message: RenderedMessage

    package init(room: String, command: String, message: RenderedMessage) {
        self.room = room
        self.command = command
        self.message = message
    }

    var sending: Sending {
        Sending(
            room: room, content: .answer(self),
            transaction: "tally.\(RoomMark.of(room)).answer.\(RoomMark.of(command))")
    }
}

/// A room's or an event's id in sixteen digits, since a transaction's id is part of a path: FNV-1a, 64 bits.
enum RoomMark {
    static func of(_ id: String) -> String {
        let hash = id.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// What became of a sending.
package enum SendResult: Hashable, Sendable {
    case accepted(eventID: String)
    /// Not accepted, and not to be tried before this time.
    case limited(retryAfter: Duration?)
    /// No answer, or none that says whether it was accepted. `wait` is how long the homeserver is left alone.
    case lost(wait: Duration)
    /// It will never be accepted.
    case refused
    /// We are not in the room any more.
    case roomClosed
}

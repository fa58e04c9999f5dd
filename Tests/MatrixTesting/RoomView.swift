import BatchProgress
import MatrixAPI

/// A room's events, put together as clients do it.
package struct RoomView: Sendable {
    /// The oldest first.
    package let events: [MatrixEvent]

    /// What somebody wrote anew, without edits and what is redacted.
    package func messages(of sender: MatrixUser) -> [MatrixEvent] {
        events.filter {
            $0.type == "m.room.message" && $0.sender == sender.id && !$0.isRedacted
                && $0.relation?.type != "m.replace"
        }
    }

    /// Those that notify nobody: how batches stand.
    package func notices(of sender: MatrixUser) -> [MatrixEvent] {
        messages(of: sender).filter { $0.content["msgtype"]?.string == "m.notice" }
    }

    /// Those that notify.
    package func texts(of sender: MatrixUser) -> [MatrixEvent] {
        messages(of: sender).filter { $0.content["msgtype"]?.string == "m.text" }
    }

    /// By its sender alone, in the order that counts: the time, then the id.
    package func edits(of message: MatrixEvent) -> [MatrixEvent] {
        events.filter {
            guard let relation = $0.relation else { return false }
            return relation == ("m.replace", message.id) && $0.sender == message.sender
                && $0.content["m.new_content"] != nil
        }.sorted { ($0.timestamp, $0.id) < ($1.timestamp, $1.id) }
    }

    /// What a message said, one edit after the other.
    package func contents(of message: MatrixEvent) -> [JSONValue] {
        [message.content] + edits(of: message).compactMap { $0.content["m.new_content"] }
    }

    /// What it says now.
    package func body(of message: MatrixEvent) -> String {
        contents(of: message).last?["body"]?.string ?? ""
    }

    package func html(of message: MatrixEvent) -> String {
        contents(of: message).last?["formatted_body"]?.string ?? ""
    }

    /// In the thread of a message.
    package func thread(of message: MatrixEvent) -> [MatrixEvent] {
        events.filter { $0.relation.map { $0 == ("m.thread", message.id) } ?? false }
    }

    package func mentions(in message: MatrixEvent) -> [String] {
        message.content["m.mentions"]?["user_ids"]?.array?.compactMap(\.string) ?? []
    }
}

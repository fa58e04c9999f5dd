import BatchProgress

/// The contents of our events, as the Client-Server API has them (v1.19, m.room.message, event replacements, threading).
///
/// Each has `m.mentions`, so that no server looks for names in the body, and holds no number that isn't an integer,
/// which servers refuse.
package enum MessageContent {
    /// Under it stands of which batch and revision a message of ours is.
    package static let batchKey = "dev.tally.batch"

    package static func original(_ message: RenderedMessage, of event: BatchProgressEvent) -> JSONValue {
        notice(message).merging([batchKey: mark(event)])
    }

    /// Clients that know no edits show the fallback.
    package static func edit(
        _ message: RenderedMessage, of event: BatchProgressEvent, replacing original: String
    ) -> JSONValue {
        let content = self.original(message, of: event)
        return content.merging([
            "body": .string("* " + message.body), "formatted_body": .string("* " + message.html),
            "m.new_content": content,
            "m.relates_to": ["rel_type": "m.replace", "event_id": .string(original)],
        ])
    }

    /// The only message that makes a sound.
    package static func mention(
        _ message: RenderedMessage, of event: BatchProgressEvent, to users: [MatrixUserID],
        under original: String
    ) -> JSONValue {
        notice(message).merging([
            "msgtype": "m.text",
            "m.mentions": ["user_ids": .array(users.map { .string($0.description) })],
            "m.relates_to": [
                "rel_type": "m.thread", "event_id": .string(original), "is_falling_back": true,
                "m.in_reply_to": ["event_id": .string(original)],
            ],
            batchKey: mark(event),
        ])
    }

    package static func answer(_ message: RenderedMessage, to event: String) -> JSONValue {
        notice(message).merging(["m.relates_to": ["m.in_reply_to": ["event_id": .string(event)]]])
    }

    private static func notice(_ message: RenderedMessage) -> JSONValue {
        [
            "msgtype": "m.notice", "body": .string(message.body),
            "format": "org.matrix.custom.html", "formatted_body": .string(message.html), "m.mentions": [:],
        ]
    }

    private static func mark(_ event: BatchProgressEvent) -> JSONValue {
        ["id": .string(event.batchId.description), "revision": .integer(event.revision)]
    }
}

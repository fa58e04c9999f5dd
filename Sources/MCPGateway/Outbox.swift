import BatchClient
import BatchProgress
import MCPProtocol

/// Messages on their way to one client.
final class Outbox: Sendable {
    private let queue = CoalescingQueue(WaitingMessages())

    func put(_ message: OutgoingMessage) {
        queue.put(message)
    }

    /// Nothing more comes; what waits can still be read.
    func finish() {
        queue.finish()
    }

    /// Nil at the end, and when the task is cancelled. For one reader at a time.
    func next() async -> OutgoingMessage? {
        await queue.next()
    }
}

/// A notification that is newer than one that waits takes its place, so a client that doesn't read holds little
/// memory; answers wait all.
private struct WaitingMessages: Coalescing {
    private var waiting: [OutgoingMessage] = []

    mutating func put(_ message: OutgoingMessage) {
        if let subject = message.subject { waiting.removeAll { $0.subject == subject } }
        waiting.append(message)
    }

    mutating func next() -> OutgoingMessage? {
        waiting.isEmpty ? nil : waiting.removeFirst()
    }
}

extension OutgoingMessage {
    /// What a notification is about: of two the newer one is enough.
    var subject: [JSONValue]? {
        guard case .notification(let method, let parameters) = self else { return nil }
        let about = parameters["progressToken"] ?? parameters["uri"]
        return about.map { [.string(method), $0, parameters["_meta"] ?? .null] }
    }
}

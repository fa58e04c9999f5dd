import BatchProgress
import MCPProtocol
import Synchronization

/// Messages on their way to one client. A notification that is newer than one that waits takes its place, so a
/// client that doesn't read holds little memory; answers wait all.
final class Outbox: Sendable {
    private struct State {
        var waiting: [OutgoingMessage] = []
        var isFinished = false
        var reader: CheckedContinuation<OutgoingMessage?, Never>?
    }

    private let state = Mutex(State())

    func put(_ message: OutgoingMessage) {
        let reader = state.withLock { state -> CheckedContinuation<OutgoingMessage?, Never>? in
            guard !state.isFinished else { return nil }
            if let reader = state.reader {
                state.reader = nil
                return reader
            }
            if let subject = message.subject { state.waiting.removeAll { $0.subject == subject } }
            state.waiting.append(message)
            return nil
        }
        reader?.resume(returning: message)
    }

    /// Nothing more comes; what waits can still be read.
    func finish() {
        let reader = state.withLock { state in
            state.isFinished = true
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }

    /// Nil at the end, and when the task is cancelled. For one reader at a time.
    func next() async -> OutgoingMessage? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready = state.withLock { state -> OutgoingMessage?? in
                    if Task.isCancelled { return .some(nil) }
                    if !state.waiting.isEmpty { return state.waiting.removeFirst() }
                    if state.isFinished { return .some(nil) }
                    precondition(state.reader == nil, "one reader at a time")
                    state.reader = continuation
                    return nil
                }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            let reader = state.withLock { state in
                defer { state.reader = nil }
                return state.reader
            }
            reader?.resume(returning: nil)
        }
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

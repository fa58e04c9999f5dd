import MCPProtocol
import Synchronization

/// The messages of one stream of the older era, numbered, and kept: a client that lost its connection asks for the
/// rest. Of notifications about one thing only the newest is kept.
final class ReplayLog: Sendable {
    struct Entry: Sendable {
        /// From 1.
        var number: Int
        var message: OutgoingMessage
    }

    private struct State {
        var entries: [Entry] = []
        var lastNumber = 0
        var isFinished = false
        /// The newest reader's number: older ones are done.
        var readers = 0
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func append(_ message: OutgoingMessage) {
        wake { state in
            guard !state.isFinished else { return }
            if let subject = message.subject { state.entries.removeAll { $0.message.subject == subject } }
            state.lastNumber += 1
            state.entries.append(Entry(number: state.lastNumber, message: message))
        }
    }

    /// Nothing more comes.
    func finish() { wake { $0.isFinished = true } }

    /// Begins to read; whoever read before gets nothing more.
    func attach() -> Int {
        var reader = 0
        wake { state in
            state.readers += 1
            reader = state.readers
        }
        return reader
    }

    /// The first message above this number; nil at the end, when another reader has come, and when the task is
    /// cancelled.
    func next(after number: Int, for reader: Int) async -> Entry? {
        while !Task.isCancelled {
            if let found = state.withLock({ Self.found($0, after: number, for: reader) }) { return found }
            await change(after: number, for: reader)
        }
        return nil
    }

    /// Nil: it has to wait.
    private static func found(_ state: State, after number: Int, for reader: Int) -> Entry?? {
        guard state.readers == reader else { return .some(nil) }
        if let entry = state.entries.first(where: { $0.number > number }) { return entry }
        return state.isFinished ? .some(nil) : nil
    }

    private func change(after number: Int, for reader: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWorthALook = state.withLock { state in
                    guard !Task.isCancelled, Self.found(state, after: number, for: reader) == nil else {
                        return true
                    }
                    precondition(state.waiting == nil, "a reader that waits is the newest one")
                    state.waiting = continuation
                    return false
                }
                if isWorthALook { continuation.resume() }
            }
        } onCancel: {
            // It may be a newer reader that waits here by now: that one looks once more, in vain.
            wake { _ in }
        }
    }

    private func wake(_ change: (inout State) -> Void) {
        let waiting = state.withLock { state in
            change(&state)
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }
}

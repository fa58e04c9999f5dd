import Synchronization

/// What waits for a reader, where something newer takes the place of what it makes worthless.
package protocol Coalescing: Sendable {
    associatedtype Element: Sendable

    mutating func put(_ element: Element)
    /// Takes what is to be read next.
    mutating func next() -> Element?
}

/// Elements on their way to one reader, who waits where there are none.
package final class CoalescingQueue<Waiting: Coalescing>: Sendable {
    private typealias Reader = CheckedContinuation<Waiting.Element?, Never>

    private struct State {
        var waiting: Waiting
        var isFinished = false
        var reader: Reader?

        mutating func takeReader() -> Reader? {
            defer { reader = nil }
            return reader
        }
    }

    private let state: Mutex<State>

    package init(_ waiting: Waiting) {
        state = Mutex(State(waiting: waiting))
    }

    /// Ignored once it is finished.
    package func put(_ element: Waiting.Element) {
        let ready = state.withLock { state -> (Reader, Waiting.Element)? in
            guard !state.isFinished else { return nil }
            state.waiting.put(element)
            guard state.reader != nil, let next = state.waiting.next(), let reader = state.takeReader() else {
                return nil
            }
            return (reader, next)
        }
        if let (reader, next) = ready { reader.resume(returning: next) }
    }

    /// Nothing more comes; what waits can still be read.
    package func finish() {
        state.withLock { state in
            state.isFinished = true
            return state.takeReader()
        }?.resume(returning: nil)
    }

    /// Nil at the end, and when the task is cancelled. For one reader at a time.
    package func next() async -> Waiting.Element? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready = state.withLock { state -> Waiting.Element?? in
                    if Task.isCancelled { return .some(nil) }
                    if let next = state.waiting.next() { return next }
                    if state.isFinished { return .some(nil) }
                    precondition(state.reader == nil, "one reader at a time")
                    state.reader = continuation
                    return nil
                }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            state.withLock { $0.takeReader() }?.resume(returning: nil)
        }
    }
}

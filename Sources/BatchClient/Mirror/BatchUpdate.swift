import BatchProgress

/// What a subscriber to all batches is told.
public enum BatchUpdate: Hashable, Sendable {
    /// A batch's newest state.
    case event(BatchProgressEvent)
    /// Nothing is heard from the coordinator any more; it is being looked for.
    case lost
    /// It is heard again, and nothing is missed.
    case caughtUp
}

/// Updates of all batches: first the state of those that are active, then what changes. A reader that is
/// slow gets the newest state of each batch, so what waits for it stays small; an end is always told.
public struct BatchUpdates: AsyncSequence, Sendable {
    let makeQueue: @Sendable () async -> UpdateQueue

    public struct AsyncIterator: AsyncIteratorProtocol, Sendable {
        let makeQueue: @Sendable () async -> UpdateQueue
        var queue: UpdateQueue?

        public mutating func next() async -> BatchUpdate? {
            if queue == nil { queue = await makeQueue() }
            return await queue?.next()
        }
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(makeQueue: makeQueue)
    }

    /// An iterator that misses nothing from now on, not only from its first `next` on.
    package func listening() async -> AsyncIterator {
        AsyncIterator(makeQueue: makeQueue, queue: await makeQueue())
    }
}

/// The events of one batch: the present state first, then the newest as it changes. It ends with the batch.
public struct BatchEvents: AsyncSequence, Sendable {
    let makeQueue: @Sendable () async throws -> UpdateQueue

    public struct AsyncIterator: AsyncIteratorProtocol, Sendable {
        let makeQueue: @Sendable () async throws -> UpdateQueue
        var queue: UpdateQueue?
        var hasEnded = false

        public mutating func next() async throws -> BatchProgressEvent? {
            if queue == nil { queue = try await makeQueue() }
            while !hasEnded, let update = await queue?.next() {
                guard case .event(let event) = update else { continue }
                hasEnded = event.status.isEnd
                return event
            }
            return nil
        }
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(makeQueue: makeQueue)
    }
}

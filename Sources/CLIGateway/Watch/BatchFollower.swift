import BatchClient
import BatchProgress

/// Follows one batch, or all, on a display: what exists and what runs by asking now and then, what moves by
/// events.
package struct BatchFollower: Sendable {
    let client: BatchConnection
    let display: ProgressDisplay
    /// Nil: all.
    let batch: BatchID?
    let pollInterval: Duration

    package init(client: BatchConnection, display: ProgressDisplay, batch: BatchID?, pollInterval: Duration) {
        self.client = client
        self.display = display
        self.batch = batch
        self.pollInterval = pollInterval
    }

    /// Until the batch has ended, or, following all, until the task is cancelled.
    ///
    /// - Returns: the last event of the batch.
    package func follow() async throws -> BatchProgressEvent? {
        return try await withThrowingTaskGroup(of: BatchProgressEvent?.self) { group in
            group.addTask { try await poll() }
            if display.isLive { group.addTask { try await pollOperations() } }
            group.addTask { try await tick() }
            group.addTask { await updates() }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                if ended != nil { return ended }
                if Task.isCancelled { return nil }
            }
            return nil
        }
    }

    /// Events of all batches are listened to even for one, since they tell of the connection as well.
    private func updates() async -> BatchProgressEvent? {
        for await update in client.updates {
            guard case .event(let event) = update else {
                display.update(update)
                continue
            }
            guard batch == nil || event.batchId == batch else { continue }
            display.update(update)
            if event.batchId == batch, event.status.isEnd { return event }
        }
        return nil
    }

    /// What runs changes without an event.
    private func pollOperations() async throws -> BatchProgressEvent? {
        while !Task.isCancelled {
            if let operations = try? await client.activeOperations(of: batch) {
                display.show(running: operations)
            }
            try await Task.sleep(for: min(pollInterval, .seconds(1)))
        }
        return nil
    }

    /// A batch whose end came before we listened is noticed here, and what waits for a worker.
    private func poll() async throws -> BatchProgressEvent? {
        while !Task.isCancelled {
            if let details = try? await details() {
                display.note(details)
                if batch != nil, let event = details.first?.event, event.status.isEnd {
                    display.update(.event(event))
                    return event
                }
            }
            try await Task.sleep(for: pollInterval)
        }
        return nil
    }

    private func details() async throws -> [BatchDetail] {
        if let batch { return [try await client.batch(batch).status()] }
        return try await client.activeBatches()
    }

    private func tick() async throws -> BatchProgressEvent? {
        while !Task.isCancelled {
            try await Task.sleep(for: .milliseconds(100))
            display.tick()
        }
        return nil
    }
}

import BatchProgress

/// Updates on their way to one reader, of all batches or of one.
final class UpdateQueue: Sendable {
    private let batch: BatchID?
    private let queue = CoalescingQueue(WaitingUpdates())
    private let abandoned: @Sendable () -> Void

    /// - Parameters:
    ///   - batch: nil: of all.
    ///   - abandoned: called when nobody reads any more.
    init(batch: BatchID?, abandoned: @escaping @Sendable () -> Void) {
        self.batch = batch
        self.abandoned = abandoned
    }

    deinit { abandoned() }

    func put(_ update: BatchUpdate) {
        if let batch, case .event(let event) = update, event.batchId != batch { return }
        queue.put(update)
    }

    /// Nothing will come any more; what waits can still be read.
    func finish() {
        queue.finish()
    }

    /// The next update; nil at the end, and when the task is cancelled.
    func next() async -> BatchUpdate? {
        await queue.next()
    }
}

/// Of each batch only the newest state waits, and of the connection only how it is now, so a reader that stalls
/// costs no more than there are batches.
private struct WaitingUpdates: Coalescing {
    /// Batches of which a state waits, in the order in which they began to wait.
    private var order: [BatchID] = []
    private var waiting: [BatchID: BatchProgressEvent] = [:]
    private var connection: BatchUpdate?
    private var lastTold: [BatchID: Int64] = [:]

    mutating func put(_ update: BatchUpdate) {
        guard case .event(let event) = update else {
            connection = update
            return
        }
        let known = waiting[event.batchId]?.revision ?? lastTold[event.batchId] ?? 0
        guard event.revision > known else { return }
        if waiting.updateValue(event, forKey: event.batchId) == nil { order.append(event.batchId) }
    }

    mutating func next() -> BatchUpdate? {
        if let connection {
            self.connection = nil
            return connection
        }
        guard !order.isEmpty, let event = waiting.removeValue(forKey: order.removeFirst()) else { return nil }
        lastTold[event.batchId] = event.status.isEnd ? nil : event.revision
        return .event(event)
    }
}

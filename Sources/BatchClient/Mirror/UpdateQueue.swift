import BatchProgress
import Synchronization

/// Updates on their way to one reader. Of each batch only the newest state waits, and of the connection only
/// how it is now, so a reader that stalls costs no more than there are batches.
final class UpdateQueue: Sendable {
    private struct State {
        /// Batches of which a state waits, in the order in which they began to wait.
        var order: [BatchID] = []
        var waiting: [BatchID: BatchProgressEvent] = [:]
        var connection: BatchUpdate?
        var lastTold: [BatchID: Int64] = [:]
        var isFinished = false
        var reader: CheckedContinuation<BatchUpdate?, Never>?

        mutating func next() -> BatchUpdate? {
            if let connection {
                self.connection = nil
                return connection
            }
            guard !order.isEmpty, let event = waiting.removeValue(forKey: order.removeFirst()) else {
                return nil
            }
            lastTold[event.batchId] = event.status.isEnd ? nil : event.revision
            return .event(event)
        }

        mutating func put(_ update: BatchUpdate) {
            guard case .event(let event) = update else {
                connection = update
                return
            }
            let known = waiting[event.batchId]?.revision ?? lastTold[event.batchId] ?? 0
            guard event.revision > known else { return }
            if waiting.updateValue(event, forKey: event.batchId) == nil { order.append(event.batchId) }
        }
    }

    private let batch: BatchID?
    private let state = Mutex(State())
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
        let reader = state.withLock { state -> (CheckedContinuation<BatchUpdate?, Never>, BatchUpdate)? in
            state.put(update)
            guard let reader = state.reader, let next = state.next() else { return nil }
            state.reader = nil
            return (reader, next)
        }
        if let (continuation, next) = reader { continuation.resume(returning: next) }
    }

    /// Nothing will come any more; what waits can still be read.
    func finish() {
        let reader = state.withLock { state in
            state.isFinished = true
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }

    /// The next update; nil at the end, and when the task is cancelled.
    func next() async -> BatchUpdate? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready = state.withLock { state -> BatchUpdate?? in
                    if Task.isCancelled { return .some(nil) }
                    if let next = state.next() { return next }
                    if state.isFinished { return .some(nil) }
                    precondition(state.reader == nil, "one reader at a time")
                    state.reader = continuation
                    return nil
                }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            finish()
        }
    }
}

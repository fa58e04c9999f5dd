import BatchProgress
import DequeModule

/// Operations that wait for a slot, by batch: the batch that has the fewest slots gets the next one, so that
/// one of short operations isn't held up by one of long ones.
struct OperationQueue: Sendable {
    private var byBatch: [BatchID: Deque<QueuedOperation>] = [:]
    /// Batches of which something waits; of two that have as many slots, the one that waits longer is first.
    private var order: [BatchID] = []

    var isEmpty: Bool { order.isEmpty }

    /// In the order in which batches began to wait, and within a batch as they came.
    var all: [QueuedOperation] { order.flatMap { Array(byBatch[$0] ?? []) } }

    mutating func append(_ operation: QueuedOperation) {
        let batch = operation.key.batch
        if byBatch[batch] == nil { order.append(batch) }
        byBatch[batch, default: []].append(operation)
    }

    /// - Parameter slots: how many each batch has.
    mutating func popNext(slots: (BatchID) -> Int) -> QueuedOperation? {
        let first =
            order.count > 1 ? order.indices.min { slots(order[$0]) < slots(order[$1]) } : order.indices.first
        guard let place = first else { return nil }
        let batch = order.remove(at: place)
        let operation = byBatch[batch]?.popFirst()
        if byBatch[batch]?.isEmpty == false {
            order.append(batch)
        } else {
            byBatch[batch] = nil
        }
        return operation
    }

    /// Takes out those that match.
    mutating func remove(where matches: (OperationKey) -> Bool) -> [QueuedOperation] {
        let removed = all.filter { matches($0.key) }
        guard !removed.isEmpty else { return [] }
        for batch in order { byBatch[batch]?.removeAll { matches($0.key) } }
        order.removeAll { byBatch[$0]?.isEmpty != false }
        byBatch = byBatch.filter { !$0.value.isEmpty }
        return removed
    }
}

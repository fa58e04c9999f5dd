import BatchClient
import BatchProgress
import MCPProtocol
import Synchronization

/// Some batches, followed until all of them have ended.
final class BatchFollowing: Sendable {
    private let events: Mutex<[BatchID: BatchProgressEvent]>
    private let order: [BatchID]
    private let context: ToolContext

    init(_ first: [BatchProgressEvent], _ context: ToolContext) {
        events = Mutex(Dictionary(first.map { ($0.batchId, $0) }) { $1 })
        order = first.map(\.batchId)
        self.context = context
    }

    /// Their last states; or those after the longest silence.
    func untilEnd() async throws -> [BatchProgressEvent] {
        tell()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.follow() }
            if let teller = context.progress {
                group.addTask {
                    await teller.keepTelling()
                    try Task.checkCancellation()
                }
            } else if let longestSilence = context.longestSilence {
                group.addTask { try await Task.sleep(for: longestSilence) }
            }
            try await group.next()
            group.cancelAll()
        }
        try Task.checkCancellation()
        return present
    }

    private var present: [BatchProgressEvent] {
        events.withLock { events in order.compactMap { events[$0] } }
    }

    private func follow() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for event in present where !event.status.isEnd {
                group.addTask {
                    for try await event in self.context.client.batch(event.batchId).events {
                        self.events.withLock { $0[event.batchId] = event }
                        self.tell()
                    }
                    // The batch's events end with the batch, or with us.
                    try Task.checkCancellation()
                }
            }
            try await group.waitForAll()
        }
    }

    private func tell() {
        guard let teller = context.progress else { return }
        let present = present
        let total = present.reduce(0) { $0 + $1.totalOperations }
        let progress = present.reduce(0.0) { $0 + $1.progress * Double($1.totalOperations) }
        teller.update(progress: progress, total: Double(total), message: sentence(present, total))
    }

    private func sentence(_ present: [BatchProgressEvent], _ total: Int) -> String {
        if let one = present.first, present.count == 1 { return StatusText.counts(one) }
        let finished = StatusText.ofTotal(present.reduce(0) { $0 + $1.finishedOperations }, total)
        let failed = present.reduce(0) { $0 + $1.failedOperations }
        let ended = present.count { $0.status.isEnd }
        return "\(finished) finished" + (failed > 0 ? ", \(HumanText.count(failed)) failed" : "")
            + ", \(ended) of \(present.count) batches ended"
    }
}

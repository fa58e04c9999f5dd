import BatchClient
import BatchProgress
import MCPProtocol
import Synchronization

/// Tells one client which of the batches it subscribed to have changed.
final class ResourceWatch: Sendable {
    private let client: BatchConnection
    private let tell: @Sendable (BatchURI) -> Void
    private let notes: Mutex<ResourceNotes>
    private let clock = ProcessClock()

    init(
        _ uris: [BatchURI] = [], _ client: BatchConnection, tell: @escaping @Sendable (BatchURI) -> Void
    ) {
        self.client = client
        self.tell = tell
        notes = Mutex(ResourceNotes(of: uris.map(\.id)))
    }

    func add(_ uri: BatchURI) { notes.withLock { $0.add(uri.id) } }

    func remove(_ uri: BatchURI) { notes.withLock { $0.remove(uri.id) } }

    /// Until the task is cancelled, or the connection to the coordinator is closed.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.follow() }
            group.addTask { await self.tellWhatIsDue() }
            await group.next()
            group.cancelAll()
        }
    }

    private func follow() async {
        // What is there at the beginning is no change.
        var known: [BatchID: Int64] = [:]
        for detail in (try? await client.activeBatches()) ?? [] {
            known[detail.event.batchId] = detail.event.revision
        }
        for await update in client.updates {
            guard case .event(let event) = update, event.revision > known[event.batchId] ?? 0 else {
                continue
            }
            known[event.batchId] = event.status.isEnd ? nil : event.revision
            if notes.withLock({ $0.changed(event, at: clock.now) }) { tell(BatchURI(event.batchId)) }
        }
    }

    private func tellWhatIsDue() async {
        while (try? await Task.sleep(for: .milliseconds(200))) != nil {
            for id in notes.withLock({ $0.due(at: clock.now) }) { tell(BatchURI(id)) }
        }
    }
}

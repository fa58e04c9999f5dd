import BatchClient
import BatchProgress
import BatchProtocol
import CommandTemplate
import Synchronization

/// What a run works on: a batch that it makes, or one that is there.
protocol RunWork: Sendable {
    /// Whether it can be worked on, before anything is.
    ///
    /// - Returns: below which number all operations have ended.
    func check(_ client: BatchConnection) async throws -> Int
    /// Sets it going; returns when the batch is whole.
    func begin(_ client: BatchConnection) async throws
    /// The batch is to be made of what is known by now.
    func stop()
    /// It can't be worked on from here, now or later.
    func giveUp(_ client: BatchConnection) async throws
    /// What is to be said of it at the end.
    func note(_ last: BatchProgressEvent?) -> String?
}

/// A batch of a command and values.
final class NewWork: RunWork {
    private let batch: BatchRequest
    /// Those of the first read, until they are submitted.
    private let first: Mutex<[BatchOperation]?>
    private let rest: CommandOperations
    private let values: ValueReader
    private let isCut = Mutex(false)

    /// Nil if there are no values.
    ///
    /// - Throws: `TemplateError`, `Values.TooLong`: a template that doesn't work is told before anything is
    ///   started.
    init?(_ new: RunRequest.NewBatch, _ source: ValueSource, id: BatchID, actor: String?) async throws {
        values = ValueReader(source)
        guard let found = try await values.next() else { return nil }
        var operations = CommandOperations(template: new.template, folder: new.folder, timeout: new.timeout)
        first = Mutex(try operations.operations(for: found))
        rest = operations
        batch = BatchRequest(
            id: id, label: new.label, actor: actor, interface: "cli", lane: id.description,
            retries: new.retries, onLost: .fail, attended: true, isPrivate: new.isPrivate)
    }

    func check(_ client: BatchConnection) async throws -> Int { 0 }

    func begin(_ client: BatchConnection) async throws {
        var operations = rest
        _ = try await client.enqueue(batch) { [self] in
            if let taken = first.withLock({ $0.take() }) { return taken }
            guard let found = try await values.next() else { return nil }
            return try operations.operations(for: found)
        }
    }

    func stop() {
        if values.stop() { isCut.withLock { $0 = true } }
    }

    /// Nothing of it was begun: nobody is to find it waiting.
    func giveUp(_ client: BatchConnection) async throws {
        try await client.batch(batch.id).cancel()
    }

    func note(_ last: BatchProgressEvent?) -> String? {
        guard isCut.withLock({ $0 }), let last else { return nil }
        return "standard input was not read to its end; the batch is its first \(last.totalOperations) values"
    }
}

/// What is left of a batch that `tally run` began.
struct RemainingWork: RunWork {
    let id: BatchID

    /// Only what was begun by `tally run` is gone on with here: the rest is the fleet's.
    func check(_ client: BatchConnection) async throws -> Int {
        let detail = try await client.batch(id).status()
        guard !detail.event.status.isEnd else { throw RunError.hasEnded(detail) }
        guard detail.lane == id.description else {
            throw RunError.isFleets(id)
        }
        return detail.endedBelow
    }

    func begin(_ client: BatchConnection) async throws {
        try await seal(client)
        try await client.batch(id).resume()
    }

    func stop() {}

    /// Others who may can go on with it.
    func giveUp(_ client: BatchConnection) async throws {
        try await client.batch(id).pause()
    }

    func note(_ last: BatchProgressEvent?) -> String? { nil }

    /// A run that was killed while it read its values has left the batch open: it is what was read.
    private func seal(_ client: BatchConnection) async throws {
        while true {
            let detail = try await client.batch(id).status()
            guard !detail.sealed else { return }
            do {
                // A retry is filled by the coordinator itself, and soon whole.
                if detail.retryOf == nil {
                    return try await client.batch(id).seal(total: detail.event.totalOperations)
                }
            } catch let error as BatchClientError where error.code == .conflict {
                // The number that was told is older than the batch.
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}

import BatchProgress
import BatchProtocol

/// One batch, to follow and to steer. Holding it keeps nothing alive.
public struct BatchHandle: Sendable {
    public let id: BatchID
    let connection: BatchConnection

    /// The present state first, then each newer one, until the batch has ended.
    ///
    /// - Throws: `BatchClientError` with `unknownBatch` or `forgotten`.
    public var events: BatchEvents {
        BatchEvents { try await connection.makeQueue(of: id) }
    }

    public func status() async throws -> BatchDetail {
        try await connection.status(of: id)
    }

    /// Operations that failed, by number.
    ///
    /// - Parameters:
    ///   - number: only those above it.
    ///   - limit: at most so many, 1 to 1,000.
    public func failures(after number: Int? = nil, limit: Int = 100) async throws -> [BatchFailure] {
        try await connection.failures(of: id, after: number, limit: limit)
    }

    /// What became of an operation, and what it printed.
    public func log(of operation: Int) async throws -> OperationLog {
        try await connection.log(of: id, operation)
    }

    /// No more operations will be added. For whoever goes on with a batch that another process left open.
    package func seal(total: Int) async throws {
        try await connection.seal(id, total: total)
    }

    /// Ends the batch: what nobody runs at once, what runs as soon as its worker has stopped it.
    ///
    /// - Parameters:
    ///   - actor: who asks, for the coordinator's log.
    ///   - interface: through which they ask.
    public func cancel(actor: String? = nil, interface: String? = nil) async throws {
        let actor = connection.claim(actor)
        try await connection.change(.cancel(SteeringRequest(batch: id, actor: actor, interface: interface)))
    }

    /// Nothing more is started until `resume`; what runs ends.
    public func pause(actor: String? = nil, interface: String? = nil) async throws {
        let actor = connection.claim(actor)
        try await connection.change(.pause(SteeringRequest(batch: id, actor: actor, interface: interface)))
    }

    public func resume(actor: String? = nil, interface: String? = nil) async throws {
        let actor = connection.claim(actor)
        try await connection.change(.resume(SteeringRequest(batch: id, actor: actor, interface: interface)))
    }

    /// Makes a new batch of the operations that failed. The batch has to have ended.
    ///
    /// What `tally run` had made waits for `tally run --resume` with the new id; anything else begins at once.
    ///
    /// - Parameters:
    ///   - new: the new batch's id; asked for twice it is made once.
    ///   - lostOnly: only of those that failed because their worker was lost, and so may have run already.
    /// - Throws: `BatchClientError` with `wrongState` if the batch has not ended, or there is no such operation.
    public func retry(
        as new: BatchID? = nil, lostOnly: Bool = false, actor: String? = nil, interface: String? = nil
    ) async throws -> BatchHandle {
        var random = SystemRandomNumberGenerator()
        let new = new ?? BatchID.random(using: &random)
        try await connection.retry(
            RetryRequest(
                batch: id, as: new, lost: lostOnly ? true : nil, actor: actor, interface: interface))
        return connection.batch(new)
    }
}

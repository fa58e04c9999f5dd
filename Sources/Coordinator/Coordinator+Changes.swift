import Logging
import BatchEngine
import BatchProgress
import BatchProtocol
import BatchStore
import ZeroMQ

/// Requests that change something.
extension Coordinator {
    typealias Alteration<Body> = @Sendable (BatchRecord?, inout BatchEngine, inout Turn) throws -> Body

    func open(
        _ request: BatchRequest, _ client: ClientRequest, _ engine: inout BatchEngine, _ turn: inout Turn
    ) {
        if let error = request.fault { return refuse(client, error) }
        withRecord(of: request.id, client, &engine, &turn) { known, engine, turn in
            OpenAnswer(try engine.open(request, known: known, in: &turn))
        }
    }

    func seal(_ seal: SealRequest, _ client: ClientRequest, _ engine: inout BatchEngine, _ turn: inout Turn) {
        withRecord(of: seal.batch, client, &engine, &turn) { known, engine, turn in
            let digest = try OperationDigest(checking: seal.digest)
            return OpenAnswer(
                try engine.seal(seal.batch, total: seal.total, digest: digest, known: known, in: &turn))
        }
    }

    /// Appends a chunk; one that is there already is acknowledged again if it is the same.
    func add(
        _ chunk: ChunkHeader, _ data: [Frame], _ client: ClientRequest, _ engine: inout BatchEngine,
        _ turn: inout Turn
    ) {
        do {
            let operations = try chunk.operations(data: data)
            let digest = try OperationDigest(checking: chunk.digest)
            if let total = engine.record(of: chunk.batch)?.total, chunk.first + operations.count <= total,
                let digest
            {
                return addAgain(chunk, count: operations.count, digest: digest, total: total, client)
            }
            let total = try engine.add(
                first: chunk.first, operations, digest: digest, to: chunk.batch, in: &turn)
            answer(client, AddAnswer(total: total))
        } catch {
            answer(client, refusing: WireError(describing: error))
        }
    }

    private func addAgain(
        _ chunk: ChunkHeader, count: Int, digest: OperationDigest, total: Int, _ client: ClientRequest
    ) {
        pending.effects.append(
            .ask(client) { store in
                let stored = try store.digest(of: chunk.batch, upTo: chunk.first + count)
                return { coordinator in
                    guard stored == digest else {
                        let refusal = Refusal.conflictingOperations(chunk.batch, expected: total)
                        return coordinator.refuse(client, WireError(refusal))
                    }
                    coordinator.turn { _, _ in coordinator.answer(client, AddAnswer(total: total)) }
                }
            })
    }

    func change(
        _ steering: SteeringRequest, as what: Logger.Message, _ client: ClientRequest,
        _ engine: inout BatchEngine, _ turn: inout Turn, _ body: @escaping Alteration<Void>
    ) {
        let log = log
        withRecord(of: steering.batch, client, &engine, &turn) { known, engine, turn in
            try body(known, &engine, &turn)
            log.info(
                what,
                metadata: [
                    "batch": "\(steering.batch)", "actor": steering.actor.map { "\($0)" },
                    "interface": steering.interface.map { "\($0)" },
                ].compactMapValues(\.self))
            return NoBody()
        }
    }

    /// Makes a batch of the failed operations of one that ended.
    func retry(_ retry: RetryRequest, _ client: ClientRequest) {
        pending.effects.append(
            .ask(client) { store in
                let source = try store.record(of: retry.batch)
                let known = try store.record(of: retry.as)
                return { coordinator in
                    coordinator.turn { engine, turn in
                        coordinator.respond(to: client) {
                            try coordinator.retry(retry, source, known, &engine, &turn)
                        }
                    }
                }
            })
    }

    private func retry(
        _ retry: RetryRequest, _ source: KnownBatch?, _ known: KnownBatch?, _ engine: inout BatchEngine,
        _ turn: inout Turn
    ) throws -> OpenAnswer {
        guard let record = try source?.record() else { throw Refusal.unknownBatch(retry.batch) }
        let new = BatchRetry(
            id: retry.as, lostOnly: retry.lost ?? false, actor: retry.actor, interface: retry.interface)
        return OpenAnswer(try engine.retry(record, as: new, known: try known?.record(), in: &turn))
    }

    /// Gives `body` what is durable of a batch that isn't active. It is looked up once all turns before are
    /// durable, so that an end whose commit is under way isn't missed.
    private func withRecord(
        of id: BatchID, _ client: ClientRequest, _ engine: inout BatchEngine, _ turn: inout Turn,
        _ body: @escaping Alteration<some Codable & Sendable>
    ) {
        guard engine.record(of: id) == nil else {
            return respond(to: client) { try body(nil, &engine, &turn) }
        }
        pending.effects.append(
            .ask(client) { store in
                let known = try store.record(of: id)
                return { coordinator in
                    coordinator.turn { engine, turn in
                        coordinator.respond(to: client) { try body(try known?.record(), &engine, &turn) }
                    }
                }
            })
    }

    private func respond(to client: ClientRequest, _ body: () throws -> some Codable & Sendable) {
        do {
            answer(client, try body())
        } catch {
            answer(client, refusing: WireError(describing: error))
        }
    }
}

extension KnownBatch {
    /// The record, if it is still kept.
    func record() throws(WireError) -> BatchRecord {
        switch self {
        case .kept(let record): return record
        case .forgotten(let id, let status, let endedAt):
            throw WireError(
                .forgotten, "batch '\(id)' ended (\(status.rawValue)) at \(endedAt), and is not kept any more"
            )
        }
    }
}

extension WireError {
    /// Of what our own code throws while it handles a request.
    init(describing error: any Error) {
        switch error {
        case let error as WireError: self = error
        case let refusal as Refusal: self.init(refusal)
        case let error as StoreError: self.init(error)
        default: preconditionFailure("a request is refused in words of ours, not with \(error)")
        }
    }
}

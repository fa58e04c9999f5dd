import BatchProgress
import BatchProtocol
import FoundationEssentials

extension BatchConnection {
    /// Submits a batch; returns when all of it is durable.
    ///
    /// The operations are asked for as they are sent, so there may be more than fit into memory. Submitting
    /// again with the same id and operations, for instance after a crash, goes on where it stopped, or finds
    /// the batch as it is.
    ///
    /// - Parameters:
    ///   - id: by default one made at random. With one of your own, submitting is safe to repeat.
    ///   - retries: how often an operation that fails is tried again, 0 to 100.
    ///   - onLost: what becomes of operations whose worker was lost.
    ///   - isPrivate: nobody is told more of it than counts: no labels, no messages, no output.
    ///   - onEnd: done when the batch has ended, however it did: at least once, by a worker.
    /// - Throws: `BatchClientError`: `conflict` if there is such a batch with other content, `malformed` if there
    ///   is no operation.
    public nonisolated func enqueueBatch(
        id: BatchID? = nil, label: String? = nil, actor: String? = nil, interface: String? = nil,
        retries: Int = 0, onLost: LossPolicy = .retry, isPrivate: Bool = false,
        onEnd: EndAction? = nil, operations: some Sequence<BatchOperation>
    ) async throws -> BatchHandle {
        var random = SystemRandomNumberGenerator()
        let request = BatchRequest(
            id: id ?? BatchID.random(using: &random), label: label, actor: actor, interface: interface,
            retries: retries, onLost: onLost, isPrivate: isPrivate, onEnd: onEnd)
        var iterator = operations.makeIterator()
        return try await enqueue(request) {
            var piece: [BatchOperation] = []
            while piece.count < WireLimits.operationsPerChunk, let next = iterator.next() {
                piece.append(next)
            }
            return piece.isEmpty ? nil : piece
        }
    }

    /// If the operations turn out to be wrong the batch is cancelled: they can never become one. After any other
    /// error it stays open, and can be gone on with.
    ///
    /// - Parameter nextPiece: operations as they become known; nil at the end.
    package nonisolated func enqueue(
        _ request: BatchRequest, nextPiece: @escaping () async throws -> [BatchOperation]?
    ) async throws -> BatchHandle {
        var chunks = OperationChunks(nextPiece)
        guard try await chunks.fill() else {
            throw BatchClientError(.malformed, "there are no operations; a batch has at least one")
        }
        let opened = try await open(request)
        do {
            try await complete(request, opened, &chunks)
        } catch {
            if !opened.sealed, error.isOfTheOperations { try? await batch(request.id).cancel() }
            throw error
        }
        return batch(request.id)
    }

    private nonisolated func complete(
        _ request: BatchRequest, _ opened: OpenAnswer, _ chunks: inout OperationChunks
    ) async throws {
        guard try await chunks.skip(to: opened.total)?.description == opened.digest else {
            throw conflict(request.id)
        }
        if opened.sealed {
            guard try await chunks.nextChunk() == nil else { throw conflict(request.id) }
        } else {
            try await upload(&chunks, to: request)
            let seal = SealRequest(batch: request.id, total: chunks.total, digest: chunks.digest.description)
            let _: OpenAnswer = try await ask(.seal(seal), timeout: nil)
        }
    }

    private nonisolated func conflict(_ id: BatchID) -> BatchClientError {
        BatchClientError(.conflict, "batch '\(id)' exists already, with other operations; choose another id")
    }

    /// Keeps some chunks under way at once. When one is refused, what the coordinator has says where to go on.
    private nonisolated func upload(
        _ chunks: inout OperationChunks, to request: BatchRequest
    ) async throws {
        var window: [(chunk: OperationChunks.Chunk, answer: Task<AddAnswer, any Error>)] = []
        defer { for item in window { item.answer.cancel() } }
        while true {
            while window.count < 8, let chunk = try await chunks.nextChunk() {
                window.append((chunk, await send(chunk, to: request.id)))
            }
            guard let oldest = window.first else { return }
            do {
                _ = try await oldest.answer.value
                window.removeFirst()
            } catch let error as BatchClientError where error.code == .conflict || error.code == .storage {
                for item in window { _ = try? await item.answer.value }
                let opened = try await open(request)
                guard opened.total >= oldest.chunk.first || error.code == .storage else { throw error }
                window = window.filter { $0.chunk.end > opened.total }.map { ($0.chunk, $0.answer) }
                guard window.first.map({ $0.chunk.first == opened.total }) ?? true else { throw error }
                if error.code == .storage { try await Task.sleep(for: .seconds(1)) }
                for index in window.indices {
                    window[index].answer = await send(window[index].chunk, to: request.id)
                }
            }
        }
    }

    /// On its way when this returns, so that chunks leave in their order.
    private func send(
        _ chunk: OperationChunks.Chunk, to id: BatchID
    ) -> Task<AddAnswer, any Error> {
        let header = ChunkHeader(chunk.operations, first: chunk.first, digest: chunk.digest, batch: id)
        let data = chunk.operations.map(\.data)
        return Task.immediate { try await self.ask(.add(header), data: data, timeout: nil) }
    }
}

extension Error {
    /// Whether the operations themselves are wrong, and not the way to the coordinator.
    fileprivate var isOfTheOperations: Bool {
        switch self {
        case is CancellationError: false
        case let error as BatchClientError: [.tooLarge, .malformed].contains(error.code)
        default: true
        }
    }
}

extension BatchOperation {
    /// An operation whose data is a value as JSON, for a handler that decodes the same type.
    ///
    /// A value that can't be encoded (such as a number that is infinite) is a mistake of the program.
    public init(type: String, data: some Encodable, label: String? = nil) {
        do {
            self.init(type: type, data: [UInt8](try JSONEncoder().encode(data)), label: label)
        } catch {
            preconditionFailure("the data of an operation of type '\(type)' can't be encoded: \(error)")
        }
    }
}

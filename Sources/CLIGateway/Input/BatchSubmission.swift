import BatchClient
import BatchProgress

/// Where a submission's operations come from.
package enum OperationSource: Sendable {
    case lines(OperationLines)
    case command(CommandOperations, ValueReader)
}

/// `tally submit`: gives a batch to the fleet.
package struct BatchSubmission: Sendable {
    private let request: BatchRequest

    package init(id: BatchID?, label: String?, retries: Int, actor: String?, onEnd: EndAction?) {
        var random = SystemRandomNumberGenerator()
        request = BatchRequest(
            id: id ?? BatchID.random(using: &random), label: label, actor: actor, interface: "cli",
            retries: retries, onEnd: onEnd)
    }

    /// Returns when all of it is durable. If the input turns out to be wrong the batch is cancelled.
    ///
    /// - Throws: `InputError`, `BatchClientError`, `TemplateError`, `Values.TooLong`.
    package func submit(_ source: OperationSource, to client: BatchConnection) async throws -> BatchID {
        let next = reader(of: source)
        // What is wrong at the very beginning is told before there is a batch.
        guard let first = try await next() else { throw InputError("there are no operations to submit") }
        var pending: [BatchOperation]? = first
        return try await client.enqueue(request) {
            if let taken = pending.take() { return taken }
            return try await next()
        }.id
    }

    private func reader(of source: OperationSource) -> () async throws -> [BatchOperation]? {
        switch source {
        case .lines(let lines):
            let pieces = lines.pieces()
            return { try await pieces.next() }
        case .command(let operations, let values):
            var operations = operations
            return {
                guard let found = try await values.next() else { return nil }
                return try operations.operations(for: found)
            }
        }
    }
}

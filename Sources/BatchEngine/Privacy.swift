import BatchProgress

// Of a private batch nothing leaves but counts. So what else it could tell is dropped where it comes in: what isn't
// kept can't be told, whoever asks and however.

extension BatchRequest {
    /// This request, as far as it is kept.
    var kept: BatchRequest {
        guard isPrivate else { return self }
        var request = self
        request.label = nil
        return request
    }

    func kept(_ operations: [BatchOperation]) -> [BatchOperation] {
        guard isPrivate else { return operations }
        return operations.map { BatchOperation(type: $0.type, data: $0.data) }
    }

    /// Of a lost worker's operation it is the engine that says so: that is no secret.
    func kept(_ outcome: OperationOutcome) -> OperationOutcome {
        guard isPrivate, !outcome.workerWasLost else { return outcome }
        return OperationOutcome(kind: outcome.kind, exitCode: outcome.exitCode)
    }
}

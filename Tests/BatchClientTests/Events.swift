import BatchProgress

func id(_ text: String) -> BatchID {
    guard let id = BatchID(text) else { preconditionFailure("a valid id") }
    return id
}

func event(_ revision: Int64, of batch: String = "a", ends: Bool = false) -> BatchProgressEvent {
    BatchProgressEvent(
        batchId: id(batch), totalOperations: 1, status: ends ? .completed : .processing, revision: revision,
        updatedAt: Timestamp(microseconds: 0))
}

extension BatchProgressEvent {
    var line: String { "\(batchId)\(revision)\(status.isEnd ? "!" : "")" }
}

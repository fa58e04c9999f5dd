/// Operations of one batch and attempt that a worker has: queued, running, or ended and not acknowledged.
package struct HeldOperations: Codable, Hashable, Sendable {
    package var batch: BatchID
    package var attempt: Int
    package var operations: [Int]

    package init(batch: BatchID, attempt: Int, operations: [Int]) {
        self.batch = batch
        self.attempt = attempt
        self.operations = operations
    }
}

/// How far a running operation is, by its own word.
package struct OperationShare: Codable, Hashable, Sendable {
    package var operation: Int
    /// 0…1
    package var progress: Double
    package var message: String?

    package init(operation: Int, progress: Double, message: String? = nil) {
        self.operation = operation
        self.progress = progress
        self.message = message
    }
}

import BatchProgress

/// Why the engine did not do what it was asked. Nothing has changed.
package enum Refusal: Error, Hashable, Sendable {
    case unknownBatch(BatchID)
    /// The id is taken by a batch that was asked for differently.
    case conflictingBatch(BatchID, what: String)
    /// A chunk that begins elsewhere than at the present total.
    case conflictingOperations(BatchID, expected: Int)
    case alreadySealed(BatchID, total: Int)
    case conflictingSeal(BatchID, total: Int, digest: OperationDigest)
    case emptyBatch(BatchID)
    case alreadyEnded(BatchID, BatchStatus)
    /// Only the engine itself gives batches such ids.
    case reservedID(BatchID)
    case tooManyTypes(BatchID, limit: Int)
    case tooManyOperations(BatchID, limit: Int)
    case tooManyOpenBatches(limit: Int)
    case tooManyActiveBatches(limit: Int)
    case nothingToRetry(BatchID)
    /// Some failed, but none because its worker was lost.
    case nothingLost(BatchID)
    case notEnded(BatchID)
    /// What was sent was damaged on its way, or computed differently.
    case wrongDigest(BatchID, expected: OperationDigest)
}

extension Refusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownBatch(let id):
            "there is no batch '\(id)'"
        case .conflictingBatch(let id, let what):
            "batch '\(id)' exists already, with another \(what); choose another id"
        case .conflictingOperations(let id, let expected):
            "batch '\(id)' holds \(expected) operations: the next chunk begins at \(expected)"
        case .alreadySealed(let id, let total):
            "batch '\(id)' is sealed with \(total) operations; none can be added"
        case .conflictingSeal(let id, let total, let digest):
            "batch '\(id)' holds \(total) operations with digest \(digest): not what was to be sealed"
        case .emptyBatch(let id):
            "batch '\(id)' has no operations; add at least one before sealing it"
        case .alreadyEnded(let id, let status):
            "batch '\(id)' has already ended (\(status.rawValue))"
        case .reservedID(let id):
            "'\(id)': ids that end with '-on-end' are the coordinator's own; choose another id"
        case .tooManyTypes(let id, let limit):
            "batch '\(id)' has operations of more than \(limit) types"
        case .tooManyOperations(let id, let limit):
            "batch '\(id)' would have more than \(limit) operations"
        case .tooManyOpenBatches(let limit):
            "\(limit) batches of yours are open: seal or cancel some of them before the next is begun"
        case .tooManyActiveBatches(let limit):
            "\(limit) batches haven't ended: nothing more is taken until some of them have"
        case .nothingToRetry(let id):
            "no operation of batch '\(id)' failed: there is nothing to retry"
        case .nothingLost(let id):
            "no operation of batch '\(id)' failed because its worker was lost: there is nothing to retry"
        case .notEnded(let id):
            "batch '\(id)' has not ended; only what failed in an ended batch can be retried"
        case .wrongDigest(let id, let expected):
            "the operations for batch '\(id)' don't match their digest; computed here: \(expected)"
        }
    }
}

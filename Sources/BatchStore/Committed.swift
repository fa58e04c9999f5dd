import BatchEngine
import BatchProgress

/// What a commit gives back, once all of it is durable.
package struct Committed: Sendable {
    /// For each grant that was to be loaded, in their order, its operations in the order of
    /// `Grant.operations`.
    package var operations: [[BatchOperation]] = []
    /// For each `copyFailed`, in their order.
    package var copies: [CopiedOperations] = []

    package init() {}
}

/// What one step of a retry did: for `BatchEngine.copied`.
package struct CopiedOperations: Sendable {
    package var copy: RetryCopy
    /// Types of the operations that were appended, as neighbours.
    package var types: [(type: String, count: Int)] = []
    /// Over all operations of the new batch, these included.
    package var digest: OperationDigest
    /// The step after this one; nil if no failed operation is left.
    package var next: RetryCopy?
    /// The other batch has been forgotten, so that nothing could be copied.
    package var isSourceForgotten = false
}

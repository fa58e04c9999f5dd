import BatchProgress

/// What a handler is told of the operation it runs, and how it says how far it is.
public struct OperationContext: Sendable {
    public let batch: BatchID
    /// The operation's number in its batch, from 0.
    public let operation: Int
    /// From 1; more than 1 if it was tried before, or its worker was lost.
    public let attempt: Int
    /// Whether another attempt follows if this one fails.
    let failureIsRetried: Bool
    let tell: @Sendable (Double, String?) -> Void

    /// Says how far the operation is. Calls that follow each other within a fifth of a second are told as one.
    ///
    /// - Parameters:
    ///   - progress: its own share, 0…1; values outside are cut to that, and what is no number is 0: such as a share of nothing.
    ///   - message: what it is doing, in a few words.
    public func report(progress: Double, _ message: String? = nil) {
        tell(progress.isNaN ? 0 : min(max(progress, 0), 1), message)
    }
}

/// Why an operation failed, where a handler wants to say more than its error's description.
public struct OperationFailure: Error, Hashable, Sendable {
    /// Shown to people, in a line.
    public var message: String

    public init(_ message: String) {
        self.message = message
    }
}

/// How an operation ended, once and for all.
public struct OperationOutcome: Hashable, Sendable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case completed, failed, cancelled
    }

    public var kind: Kind
    public var exitCode: Int?
    /// Why it failed, in a line; nil where there is nothing to say.
    public var message: String?
    public var standardOutput: OperationOutput?
    public var standardError: OperationOutput?
    /// It failed because its worker was lost: it may have run, wholly or in part.
    public var workerWasLost: Bool

    public init(
        kind: Kind, exitCode: Int? = nil, message: String? = nil, standardOutput: OperationOutput? = nil,
        standardError: OperationOutput? = nil, workerWasLost: Bool = false
    ) {
        self.kind = kind
        self.exitCode = exitCode
        self.message = message
        self.standardOutput = standardOutput
        self.standardError = standardError
        self.workerWasLost = workerWasLost
    }
}

/// What is kept of one stream that an operation wrote.
public struct OperationOutput: Hashable, Sendable {
    /// At most this many bytes of the beginning and as many of the end are kept.
    public static let keptOfEachEnd = 32 * 1024

    /// All of it, or its beginning and its end where `totalBytes` is more.
    public var bytes: [UInt8]
    public var totalBytes: Int64

    public init(bytes: [UInt8], totalBytes: Int64) {
        self.bytes = bytes
        self.totalBytes = totalBytes
    }

    /// Bytes left out, between the first `keptOfEachEnd` and the rest.
    public var omittedBytes: Int64 { totalBytes - Int64(bytes.count) }
}

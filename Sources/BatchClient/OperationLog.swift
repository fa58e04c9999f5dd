import BatchProgress
import BatchProtocol

/// What became of one operation, and what it printed.
public struct OperationLog: Hashable, Sendable {
    /// `waiting`, `granted`, `running`, `completed`, `failed` or `cancelled`.
    public var state: String
    public var label: String?
    public var exitCode: Int?
    public var message: String?
    public var worker: String?
    public var attempt: Int?
    public var endedAt: Timestamp?
    public var standardOutput: OperationOutput
    public var standardError: OperationOutput

    init(_ answer: LogsAnswer, _ frames: [[UInt8]]) {
        state = answer.state
        label = answer.label
        exitCode = answer.exitCode
        message = answer.message
        worker = answer.worker
        attempt = answer.attempt
        endedAt = answer.endedAt
        let outputs = frames + [[UInt8]](repeating: [], count: 2)
        standardOutput = OperationOutput(bytes: outputs[0], totalBytes: answer.standardOutputBytes ?? 0)
        standardError = OperationOutput(bytes: outputs[1], totalBytes: answer.standardErrorBytes ?? 0)
    }
}

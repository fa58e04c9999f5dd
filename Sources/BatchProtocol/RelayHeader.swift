import BatchProgress

/// What precedes an operation's output, as a worker of `tally run` relays it: a line of JSON, then the bytes of
/// standard output and of standard error, as many as it says.
package struct RelayHeader: Codable, Hashable, Sendable {
    package var operation: Int
    package var attempt: Int
    package var outcome: OperationOutcome.Kind
    package var exitCode: Int?
    package var message: String?
    package var standardOutputBytes: Int64
    package var standardErrorBytes: Int64

    package init(
        operation: Int, attempt: Int, outcome: OperationOutcome.Kind, exitCode: Int?, message: String?,
        standardOutputBytes: Int64, standardErrorBytes: Int64
    ) {
        self.operation = operation
        self.attempt = attempt
        self.outcome = outcome
        self.exitCode = exitCode
        self.message = message
        self.standardOutputBytes = standardOutputBytes
        self.standardErrorBytes = standardErrorBytes
    }
}

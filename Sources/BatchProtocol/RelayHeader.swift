import BatchProgress

/// What precedes an operation's output, as a worker of `tally run` relays it: a line of JSON, then the bytes of
/// standard output and of standard error, as many as it says.
package struct RelayHeader: Codable, Hashable, Sendable {
    package var operation: Int
    package var attempt: Int
    package var outcome: OperationOutcome.Kind
    /// It failed, and is tried again; absent: this was its last attempt.
    package var isRetried: Bool?
    /// And the signal that ended it, or 0: as GNU parallel logs them.
    package var exitCode: Int
    package var signal: Int
    /// Seconds since 1970.
    package var startedAt: Double
    package var seconds: Double
    /// What was executed: words, or a line for the shell.
    package var arguments: [ByteText]?
    package var shell: ByteText?
    package var standardOutputBytes: Int64
    package var standardErrorBytes: Int64

    package init(
        operation: Int, attempt: Int, outcome: OperationOutcome.Kind, isRetried: Bool = false,
        exitCode: Int = 0, signal: Int = 0, startedAt: Double = 0, seconds: Double = 0,
        arguments: [ByteText]? = nil, shell: ByteText? = nil, standardOutputBytes: Int64 = 0,
        standardErrorBytes: Int64 = 0
    ) {
        self.operation = operation
        self.attempt = attempt
        self.outcome = outcome
        self.isRetried = isRetried ? true : nil
        self.exitCode = exitCode
        self.signal = signal
        self.startedAt = startedAt
        self.seconds = seconds
        self.arguments = arguments
        self.shell = shell
        self.standardOutputBytes = standardOutputBytes
        self.standardErrorBytes = standardErrorBytes
    }

    /// Whether it failed for good.
    package var isFailure: Bool { outcome == .failed && isRetried != true }
}

extension RelayHeader {
    /// Throws a `DecodingError` for numbers that none of these can be, so that nobody has to expect them.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let bytes: ClosedRange<Int64> = 0...(1 << 53)
        let seconds = 0...1e12
        self.init(
            operation: try container.decode(.operation, in: 0...WireLimits.highestOperation),
            attempt: try container.decode(.attempt, in: 1...WireLimits.highestOperation),
            outcome: try container.decode(OperationOutcome.Kind.self, forKey: .outcome),
            isRetried: try container.decodeIfPresent(Bool.self, forKey: .isRetried) ?? false,
            exitCode: try container.decode(Int.self, forKey: .exitCode),
            signal: try container.decode(Int.self, forKey: .signal),
            startedAt: try container.decode(.startedAt, in: seconds),
            seconds: try container.decode(.seconds, in: seconds),
            arguments: try container.decodeIfPresent([ByteText].self, forKey: .arguments),
            shell: try container.decodeIfPresent(ByteText.self, forKey: .shell),
            standardOutputBytes: try container.decode(.standardOutputBytes, in: bytes),
            standardErrorBytes: try container.decode(.standardErrorBytes, in: bytes))
    }
}

/// What `tally run` says to its workers, over the pipe that is their standard input: a byte each. When the pipe
/// closes nobody is left to work for, and what runs is killed.
package enum RelayOrder: UInt8, Sendable {
    /// To a worker that asks after a failure: the next operation may start.
    case goOn = 0x2B  // +
    /// Start nothing more; what runs may end.
    case drain = 0x2D  // -
    /// Start nothing more, and end what runs: SIGTERM, then SIGKILL.
    case stop = 0x21  // !
}

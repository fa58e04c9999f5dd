import BatchProgress

/// What a worker reports over `completions`, of one batch and attempt. Many operations go into one message.
package struct ReportMessage: Codable, Hashable, Sendable {
    /// An end of which there is more to say than that it went well.
    package struct Ended: Codable, Hashable, Sendable {
        package var operation: Int
        package var outcome: OperationOutcome.Kind
        package var exitCode: Int?
        package var message: String?
        /// How much it wrote. If given, a frame follows with all of it, or with its two ends.
        package var standardOutputBytes: Int64?
        package var standardErrorBytes: Int64?

        package init(operation: Int, _ outcome: OperationOutcome) {
            self.operation = operation
            self.outcome = outcome.kind
            exitCode = outcome.exitCode
            message = outcome.message
            standardOutputBytes = outcome.standardOutput?.totalBytes
            standardErrorBytes = outcome.standardError?.totalBytes
        }
    }

    package var session: String
    /// Counts this session's reports from 1; it is what is acknowledged. Absent: no answer is wanted.
    package var report: Int64?
    package var batch: BatchID
    package var attempt: Int
    package var started: [Int]?
    package var progress: [OperationShare]?
    /// Ended well, and nothing more to say of them.
    package var completed: [Int]?
    package var ended: [Ended]?
    /// Outputs, in the order of `ended`, standard output before standard error.
    package var outputs: [[UInt8]] = []

    private enum CodingKeys: String, CodingKey {
        case session, report, batch, attempt, started, progress, completed, ended
    }

    package init(
        session: String, report: Int64?, batch: BatchID, attempt: Int, started: [Int] = [],
        progress: [OperationShare] = [], completed: [Int] = [],
        ended: [(operation: Int, outcome: OperationOutcome)] = []
    ) {
        self.session = session
        self.report = report
        self.batch = batch
        self.attempt = attempt
        self.started = started.isEmpty ? nil : started
        self.progress = progress.isEmpty ? nil : progress
        self.completed = completed.isEmpty ? nil : completed
        self.ended = ended.isEmpty ? nil : ended.map { Ended(operation: $0.operation, $0.outcome) }
        outputs = ended.flatMap { item in
            [item.outcome.standardOutput, item.outcome.standardError].compactMap { $0?.bytes }
        }
    }

    package init(from decoder: any Decoder) throws {
        let envelope = try Envelope(from: decoder)
        guard envelope.verb == "report" else {
            throw WireError(.unknownVerb, "there is no verb '\(envelope.verb.prefix(40))' on completions")
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        session = try container.decode(String.self, forKey: .session)
        report = try container.decodeIfPresent(Int64.self, forKey: .report)
        batch = try container.decode(BatchID.self, forKey: .batch)
        attempt = try container.decode(Int.self, forKey: .attempt)
        started = try container.decodeIfPresent([Int].self, forKey: .started)
        progress = try container.decodeIfPresent([OperationShare].self, forKey: .progress)
        completed = try container.decodeIfPresent([Int].self, forKey: .completed)
        ended = try container.decodeIfPresent([Ended].self, forKey: .ended)
    }

    package func encode(to encoder: any Encoder) throws {
        try Envelope(verb: "report").encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(session, forKey: .session)
        try container.encodeIfPresent(report, forKey: .report)
        try container.encode(batch, forKey: .batch)
        try container.encode(attempt, forKey: .attempt)
        try container.encodeIfPresent(started, forKey: .started)
        try container.encodeIfPresent(progress, forKey: .progress)
        try container.encodeIfPresent(completed, forKey: .completed)
        try container.encodeIfPresent(ended, forKey: .ended)
    }
}

extension ReportMessage {
    package init(frames: [[UInt8]]) throws(WireError) {
        guard let header = frames.first else {
            throw WireError(.malformed, "a report begins with a JSON frame")
        }
        self = try WireFormat.decode(ReportMessage.self, from: header)
        outputs = Array(frames.dropFirst())
        let announced = (ended ?? []).reduce(0) { sum, item in
            sum + (item.standardOutputBytes == nil ? 0 : 1) + (item.standardErrorBytes == nil ? 0 : 1)
        }
        guard announced == outputs.count else {
            throw WireError(
                .malformed, "a report announced \(announced) outputs and came with \(outputs.count)")
        }
        let named = [started?.count, progress?.count, completed?.count, ended?.count].reduce(0) {
            $0 + ($1 ?? 0)
        }
        guard named <= WireLimits.operationsPerReport else {
            throw WireError(
                .tooLarge, "a report names at most \(WireLimits.operationsPerReport) operations, not \(named)"
            )
        }
    }

    package var frames: [[UInt8]] { [WireFormat.encode(self)] + outputs }

    /// The ends with their outputs put back; an output beyond what is kept loses its middle.
    package var outcomes: [(operation: Int, outcome: OperationOutcome)] {
        var rest = outputs[...]
        return (ended ?? []).map { item in
            let standardOutput = item.standardOutputBytes.flatMap {
                OperationOutput(rest.popFirst(), total: $0)
            }
            let standardError = item.standardErrorBytes.flatMap {
                OperationOutput(rest.popFirst(), total: $0)
            }
            let outcome = OperationOutcome(
                kind: item.outcome, exitCode: item.exitCode,
                message: item.message?.cut(toScalars: 200),
                standardOutput: standardOutput, standardError: standardError)
            return (item.operation, outcome)
        }
    }
}

extension OperationOutput {
    fileprivate init?(_ frame: [UInt8]?, total: Int64) {
        guard let frame else { return nil }
        let kept = Self.keptOfEachEnd
        if frame.count <= 2 * kept {
            self.init(bytes: frame, totalBytes: max(total, Int64(frame.count)))
        } else {
            self.init(bytes: Array(frame.prefix(kept) + frame.suffix(kept)), totalBytes: Int64(frame.count))
        }
    }
}

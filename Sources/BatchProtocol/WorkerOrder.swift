import BatchProgress

/// What the coordinator says to a worker over `dispatch`.
package enum WorkerOrder: Sendable {
    /// To READY: be heard from within the lease, in seconds, or be taken for lost.
    case welcome(epoch: Int64, lease: Double, grants: Int)
    /// To a heartbeat. Another epoch than before, or another number of grants than the last one's sequence:
    /// say READY, and what was lost on the way is sent again.
    case heartbeat(epoch: Int64, grants: Int)
    /// The session isn't known: say READY.
    case unknownSession
    case grant(GrantHeader, data: [[UInt8]])
    /// End these and report them as cancelled; those you don't have, forget. With an attempt: that one alone, since
    /// you may have been granted another meanwhile.
    case stop(batch: BatchID, operations: [Int], attempt: Int? = nil)
    /// Release what you hold of the batch and haven't started.
    case recall(batch: BatchID)
    /// These reports are durable: forget them.
    case acknowledge(reports: [Int64])
    case error(WireError)

    package struct GrantHeader: Codable, Hashable, Sendable {
        package var batch: BatchID
        package var type: String
        package var attempt: Int
        /// Whether those that fail are tried again; absent: they aren't.
        package var retriesFailures: Bool?
        /// Counts the grants sent to this session in this epoch, from 1.
        package var sequence: Int
        /// Their data follows in frames, in this order.
        package var operations: [Int]

        package init(
            batch: BatchID, type: String, attempt: Int, retriesFailures: Bool = false, sequence: Int,
            operations: [Int]
        ) {
            self.batch = batch
            self.type = type
            self.attempt = attempt
            self.retriesFailures = retriesFailures ? true : nil
            self.sequence = sequence
            self.operations = operations
        }
    }
}

extension WorkerOrder: Codable {
    private enum CodingKeys: String, CodingKey {
        case epoch, lease, grants, batch, operations, attempt, reports, error
    }

    package init(from decoder: any Decoder) throws {
        let verb = try Envelope(from: decoder).verb
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch verb {
        case "welcome":
            self = .welcome(
                epoch: try container.decode(Int64.self, forKey: .epoch),
                lease: try container.decode(Double.self, forKey: .lease),
                grants: try container.decode(Int.self, forKey: .grants))
        case "heartbeat":
            self = .heartbeat(
                epoch: try container.decode(Int64.self, forKey: .epoch),
                grants: try container.decode(Int.self, forKey: .grants))
        case "unknown-session": self = .unknownSession
        case "grant": self = .grant(try GrantHeader(from: decoder), data: [])
        case "stop":
            self = .stop(
                batch: try container.decode(BatchID.self, forKey: .batch),
                operations: try container.decode([Int].self, forKey: .operations),
                attempt: try container.decodeIfPresent(Int.self, forKey: .attempt))
        case "recall": self = .recall(batch: try container.decode(BatchID.self, forKey: .batch))
        case "acknowledge": self = .acknowledge(reports: try container.decode([Int64].self, forKey: .reports))
        case "error": self = .error(try container.decode(WireError.self, forKey: .error))
        default: throw WireError(.unknownVerb, "the coordinator said '\(verb.prefix(40))', unknown here")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        try Envelope(verb: verb).encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .welcome(let epoch, let lease, let grants):
            try container.encode(epoch, forKey: .epoch)
            try container.encode(lease, forKey: .lease)
            try container.encode(grants, forKey: .grants)
        case .heartbeat(let epoch, let grants):
            try container.encode(epoch, forKey: .epoch)
            try container.encode(grants, forKey: .grants)
        case .unknownSession: break
        case .grant(let header, _): try header.encode(to: encoder)
        case .stop(let batch, let operations, let attempt):
            try container.encode(batch, forKey: .batch)
            try container.encode(operations, forKey: .operations)
            try container.encodeIfPresent(attempt, forKey: .attempt)
        case .recall(let batch): try container.encode(batch, forKey: .batch)
        case .acknowledge(let reports): try container.encode(reports, forKey: .reports)
        case .error(let error): try container.encode(error, forKey: .error)
        }
    }

    private var verb: String {
        switch self {
        case .welcome: "welcome"
        case .heartbeat: "heartbeat"
        case .unknownSession: "unknown-session"
        case .grant: "grant"
        case .stop: "stop"
        case .recall: "recall"
        case .acknowledge: "acknowledge"
        case .error: "error"
        }
    }

    package init(frames: [[UInt8]]) throws(WireError) {
        guard let header = frames.first else {
            throw WireError(.malformed, "an order begins with a JSON frame")
        }
        self = try WireFormat.decode(WorkerOrder.self, from: header)
        guard case .grant(let grant, _) = self else { return }
        guard grant.operations.count == frames.count - 1 else {
            throw WireError(
                .malformed, "a grant of \(grant.operations.count) came with \(frames.count - 1) frames")
        }
        self = .grant(grant, data: Array(frames.dropFirst()))
    }

    package var frames: [[UInt8]] {
        let header = WireFormat.encode(self)
        if case .grant(_, let data) = self { return [header] + data }
        return [header]
    }
}

import BatchProgress

/// What a client asks the coordinator, over `control`.
package struct ControlRequest: Codable, Sendable {
    /// Chosen by the client; its answer carries the same.
    package var id: Int
    package var verb: Verb
    /// For `add`: the operations' data, one frame each.
    package var data: [[UInt8]] = []

    package init(id: Int, _ verb: Verb, data: [[UInt8]] = []) {
        self.id = id
        self.verb = verb
        self.data = data
    }

    package enum Verb: Sendable {
        case hello
        case open(BatchRequest)
        case add(ChunkHeader)
        case seal(SealRequest)
        case status(BatchReference)
        case list(ListRequest)
        case snapshot(SnapshotRequest)
        case operations(OptionalBatchReference)
        case failures(FailuresRequest)
        case logs(OperationReference)
        case workers
        case cancel(SteeringRequest)
        case pause(SteeringRequest)
        case resume(SteeringRequest)
        case retry(RetryRequest)
        /// A sign of life, and which batches this client attends.
        case attend(AttendRequest)
        case goodbye
    }
}

package struct BatchReference: Codable, Sendable {
    package var batch: BatchID

    package init(batch: BatchID) { self.batch = batch }
}

/// To cancel, pause or resume a batch; and for the coordinator's log who asks, and through which interface.
package struct SteeringRequest: Codable, Sendable {
    package var batch: BatchID
    package var actor: String?
    package var interface: String?

    package init(batch: BatchID, actor: String? = nil, interface: String? = nil) {
        self.batch = batch
        self.actor = actor
        self.interface = interface
    }
}

package struct OptionalBatchReference: Codable, Sendable {
    package var batch: BatchID?

    package init(batch: BatchID?) { self.batch = batch }
}

/// Operations to append, but their data.
package struct ChunkHeader: Codable, Sendable {
    /// Neighbours of one type, as `["no-op", 1000]`.
    package struct TypeRun: Codable, Hashable, Sendable {
        package var type: String
        package var count: Int

        package init(type: String, count: Int) {
            self.type = type
            self.count = count
        }

        package init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            type = try container.decode(String.self)
            count = try container.decode(Int.self)
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.unkeyedContainer()
            try container.encode(type)
            try container.encode(count)
        }
    }

    package var batch: BatchID
    /// The number that the first of them gets: the present total.
    package var first: Int
    package var types: [TypeRun]
    /// As many as there are operations, or none at all.
    package var labels: [String?]?
    package var digest: String?

    package init(batch: BatchID, first: Int, types: [TypeRun], labels: [String?]?, digest: String?) {
        self.batch = batch
        self.first = first
        self.types = types
        self.labels = labels
        self.digest = digest
    }
}

package struct SealRequest: Codable, Sendable {
    package var batch: BatchID
    package var total: Int
    package var digest: String?

    package init(batch: BatchID, total: Int, digest: String?) {
        self.batch = batch
        self.total = total
        self.digest = digest
    }
}

package struct ListRequest: Codable, Sendable {
    /// Whether those that ended are listed as well, the newest first.
    package var ended: Bool?

    package init(ended: Bool?) { self.ended = ended }
}

package struct SnapshotRequest: Codable, Sendable {
    /// Batches that ended are told of if they did so after this revision.
    package var since: Int64?

    package init(since: Int64?) { self.since = since }
}

package struct FailuresRequest: Codable, Sendable {
    package var batch: BatchID
    /// Only operations with higher numbers.
    package var after: Int?
    package var limit: Int?

    package init(batch: BatchID, after: Int?, limit: Int?) {
        self.batch = batch
        self.after = after
        self.limit = limit
    }
}

package struct OperationReference: Codable, Sendable {
    package var batch: BatchID
    package var operation: Int

    package init(batch: BatchID, operation: Int) {
        self.batch = batch
        self.operation = operation
    }
}

package struct RetryRequest: Codable, Sendable {
    package var batch: BatchID
    /// The new batch's id.
    package var `as`: BatchID
    /// Only what was lost with its worker.
    package var lost: Bool?
    package var actor: String?
    package var interface: String?

    package init(batch: BatchID, as new: BatchID, lost: Bool?, actor: String?, interface: String?) {
        self.batch = batch
        self.as = new
        self.lost = lost
        self.actor = actor
        self.interface = interface
    }
}

package struct AttendRequest: Codable, Sendable {
    package var batches: [BatchID]

    package init(batches: [BatchID]) { self.batches = batches }
}

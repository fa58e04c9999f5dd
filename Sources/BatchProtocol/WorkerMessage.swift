import BatchProgress

/// What a worker says over `dispatch`.
package struct WorkerMessage: Codable, Sendable {
    package var session: String
    package var verb: Verb

    package init(session: String, _ verb: Verb) {
        self.session = session
        self.verb = verb
    }

    package enum Verb: Sendable {
        /// I am here, this is what I take and what I hold.
        case ready(Ready)
        /// I live; `capacity`: from now on I want to hold so many.
        case heartbeat(capacity: Int?)
        /// I haven't started these, and won't.
        case release(Release)
        /// I go; all that I reported has been acknowledged.
        case goodbye
    }

    package struct Ready: Codable, Hashable, Sendable {
        package var worker: String
        package var types: [String]
        package var lane: String?
        package var slots: Int
        package var capacity: Int
        package var holds: [HeldOperations]

        package init(
            worker: String, types: [String], lane: String?, slots: Int, capacity: Int, holds: [HeldOperations]
        ) {
            self.worker = worker
            self.types = types
            self.lane = lane
            self.slots = slots
            self.capacity = capacity
            self.holds = holds
        }
    }

    package struct Release: Codable, Hashable, Sendable {
        package var batch: BatchID
        /// The one that is given back; nil: whichever the worker has been granted.
        package var attempt: Int?
        package var operations: [Int]

        package init(batch: BatchID, attempt: Int?, operations: [Int]) {
            self.batch = batch
            self.attempt = attempt
            self.operations = operations
        }
    }
}

extension WorkerMessage {
    private enum CodingKeys: String, CodingKey {
        case session, capacity
    }

    package init(from decoder: any Decoder) throws {
        let envelope = try Envelope(from: decoder)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        session = try container.decode(String.self, forKey: .session)
        switch envelope.verb {
        case "ready": verb = .ready(try Ready(from: decoder))
        case "heartbeat":
            verb = .heartbeat(capacity: try container.decodeIfPresent(Int.self, forKey: .capacity))
        case "release": verb = .release(try Release(from: decoder))
        case "goodbye": verb = .goodbye
        default:
            throw WireError(.unknownVerb, "there is no verb '\(envelope.verb.prefix(40))' on dispatch")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(session, forKey: .session)
        switch verb {
        case .ready(let ready):
            try Envelope(verb: "ready").encode(to: encoder)
            try ready.encode(to: encoder)
        case .heartbeat(let capacity):
            try Envelope(verb: "heartbeat").encode(to: encoder)
            try container.encodeIfPresent(capacity, forKey: .capacity)
        case .release(let release):
            try Envelope(verb: "release").encode(to: encoder)
            try release.encode(to: encoder)
        case .goodbye:
            try Envelope(verb: "goodbye").encode(to: encoder)
        }
    }

    package init(frames: [[UInt8]]) throws(WireError) {
        guard frames.count == 1 else {
            throw WireError(.malformed, "a message on dispatch is one JSON frame, not \(frames.count)")
        }
        self = try WireFormat.decode(WorkerMessage.self, from: frames[0])
    }

    package var frames: [[UInt8]] { [WireFormat.encode(self)] }
}

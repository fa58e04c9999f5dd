import BatchProgress

/// What the coordinator publishes on `events`.
package enum EventMessage: Sendable {
    case progress(BatchProgressEvent, epoch: Int64)
    /// The state of the counter, several times a second, so that a lost tail is noticed.
    case beacon(epoch: Int64, revision: Int64)

    package static let beaconTopic = Array("beacon".utf8)
    package static let allBatchesTopic = Array("batch-progress.".utf8)

    /// The topic of one batch; no other batch's topic begins with it.
    package static func topic(of batch: BatchID) -> [UInt8] {
        Array("batch-progress.\(batch).".utf8)
    }
}

extension EventMessage {
    private struct Beacon: Codable {
        var v: Int
        var epoch: Int64
        var revision: Int64
    }

    private struct Origin: Codable {
        var v: Int
        var epoch: Int64
    }

    /// Topic, the event as JSON, and where it comes from; or topic and beacon.
    package var frames: [[UInt8]] {
        switch self {
        case .progress(let event, let epoch):
            [
                Self.topic(of: event.batchId), WireFormat.encode(event),
                WireFormat.encode(Origin(v: WireFormat.version, epoch: epoch)),
            ]
        case .beacon(let epoch, let revision):
            [
                Self.beaconTopic,
                WireFormat.encode(Beacon(v: WireFormat.version, epoch: epoch, revision: revision)),
            ]
        }
    }

    package init(frames: [[UInt8]]) throws(WireError) {
        switch (frames.first, frames.count) {
        case (Self.beaconTopic, 2):
            let beacon = try WireFormat.decode(Beacon.self, from: frames[1])
            try Self.check(version: beacon.v)
            self = .beacon(epoch: beacon.epoch, revision: beacon.revision)
        case (_, 3):
            let origin = try WireFormat.decode(Origin.self, from: frames[2])
            try Self.check(version: origin.v)
            self = .progress(
                try WireFormat.decode(BatchProgressEvent.self, from: frames[1]), epoch: origin.epoch)
        default:
            throw WireError(.malformed, "not an event: \(frames.count) frames")
        }
    }

    private static func check(version: Int) throws(WireError) {
        guard version != WireFormat.version else { return }
        throw WireError(
            .wrongVersion, "the coordinator speaks protocol version \(version); this is \(WireFormat.version)"
        )
    }
}

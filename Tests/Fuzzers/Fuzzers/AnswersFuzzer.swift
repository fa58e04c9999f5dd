import BatchClient
import BatchProgress
import BatchProtocol
import BatchWorker

@testable import CLIGateway
@testable import MCPGateway

extension Fuzzer {
    /// What a coordinator says, or who poses as one: `o` and an order to a worker, `e` and an event, or an answer to a
    /// client, of any kind.
    static let answers = Fuzzer(name: "answers", isJSON: true) { bytes in
        let worker = FuzzedWorker(slots: 2)
        let now = Timestamp(microseconds: 1_700_000_000_000_000)
        var mirror = BatchMirror(at: now)
        let views = Views()
        for message in Frames.messages(in: bytes) {
            let (kind, frames) = (message[0].first, [Array(message[0].dropFirst())] + message.dropFirst())
            switch kind {
            case UInt8(ascii: "o"):
                guard let order = try? WorkerOrder(frames: frames) else { continue }
                requireSame(order) { try WorkerOrder(frames: $0.frames) }
                worker.receive(order)
            case UInt8(ascii: "e"):
                switch try? EventMessage(frames: frames) {
                case .progress(let event, let epoch):
                    views.show(event)
                    _ = mirror.receive(event, epoch: epoch, at: now)
                case .beacon(let epoch, let revision):
                    _ = mirror.receiveBeacon(revision: revision, epoch: epoch, at: now)
                case nil: break
                }
            default: readAnswer(frames, &mirror, at: now, views)
            }
        }
    }

    private static func readAnswer(
        _ frames: [[UInt8]], _ mirror: inout BatchMirror, at now: Timestamp, _ views: Views
    ) {
        func answer<Body: Codable & Sendable>(_ body: Body.Type) -> Body? {
            try? WireFormat.decode(ControlAnswer<Body>.self, from: frames[0]).value()
        }
        if let hello = answer(HelloAnswer.self) {
            _ = CoordinatorAddresses.reachable(hello.events, via: "tcp://host:5570")
        }
        _ = answer(NoBody.self)
        _ = answer(OpenAnswer.self).flatMap { OperationDigest($0.digest) }
        _ = answer(AddAnswer.self)
        _ = answer(FailuresAnswer.self).map { $0.failures.map(StatusText.line) }
        _ = answer(LogsAnswer.self)
        if let detail = answer(BatchDetail.self) { show([detail], at: now, views) }
        if let list = answer(ListAnswer.self) { show(list.batches, at: now, views) }
        if let found = answer(OperationsAnswer.self) { show(found.operations, at: now) }
        if let found = answer(WorkersAnswer.self) { requireHarmless(WorkerListing(found.workers).tableLines) }
        if let snapshot = answer(SnapshotAnswer.self) {
            let events = frames.dropFirst().compactMap {
                try? WireFormat.decode([BatchProgressEvent].self, from: $0)
            }
            _ = mirror.receiveSnapshot(
                since: nil, epoch: snapshot.epoch, revision: snapshot.revision,
                batches: events.flatMap(\.self),
                next: snapshot.next, at: now)
        }
    }

    private static func show(_ details: [BatchDetail], at now: Timestamp, _ views: Views) {
        for detail in details { views.show(detail.event) }
        let listing = BatchListing(details, environment: ["LANG": "C.UTF-8"])
        requireHarmless(listing.tableLines + details.flatMap(listing.fullLines))
        var standstills = Standstills()
        standstills.note(details, at: now)
    }

    private static func show(_ operations: [ActiveOperation], at now: Timestamp) {
        requireHarmless(operations.map { StatusText.line($0, at: now) })
    }
}

import BatchEngine
import BatchProgress
import FoundationEssentials
import Testing

/// What is to be done when a batch has ended is a batch of its own, that is there exactly if the end is.
@Suite struct OnEndTests {
    private let rig = Rig()
    private static let action = EndAction(type: "work", data: ["greeting": .string("hello")])
    private static let follower = BatchID(literal: "a-on-end")

    private func submit(
        _ id: BatchID = .a, count: Int = 1, label: String? = nil, lane: String? = nil, isPrivate: Bool = false
    ) throws {
        try rig.submit(
            BatchRequest(
                id: id, label: label, actor: "ann", lane: lane, isPrivate: isPrivate, onEnd: Self.action),
            [("work", count)])
    }

    /// The operations that are to be kept of the batch, by the changes of the last turn.
    private func operations(of id: BatchID) -> [BatchOperation] {
        rig.changes.flatMap { change in
            if case .operations(let chunk, id) = change { chunk.operations } else { [BatchOperation]() }
        }
    }

    @Test func itBeginsInTheTurnOfTheEnd() throws {
        try submit(label: "photos")
        rig.ready(.w1)
        #expect(rig.record(Self.follower) == nil)
        rig.report(.w1, .a, completed: [0])
        let ends = rig.changes.compactMap { change in
            if case .batch(let record) = change { record } else { BatchRecord?.none }
        }
        #expect(ends.map(\.request.id) == [.a, Self.follower] && ends[0].isEnded)
        #expect(rig.grants.map(\.batch) == [Self.follower], "whoever is free has it at once")
        #expect(rig.published.map(\.batchId) == [.a, Self.follower], "the end is told first")
        let request = try #require(rig.record(Self.follower)?.request)
        #expect(request.label == "on end: photos")
        #expect(request.actor == "ann" && request.interface == "on-end")
        #expect(request.retries == 10 && request.onLost == .retry && request.onEnd == nil)
        rig.report(.w1, Self.follower, completed: [0])
        #expect(rig.record(Self.follower)?.status == .completed)
        #expect(rig.engine.isEmpty, "nothing follows it")
    }

    @Test func itsDataHoldsTheLastEvent() throws {
        try submit(count: 2)
        rig.ready(.w1, slots: 2, capacity: 2)
        rig.report(.w1, .a, completed: [0], failed: [1])
        struct Told: Decodable {
            var greeting: String
            var event: BatchProgressEvent
        }
        let data = try #require(operations(of: Self.follower).first?.data)
        let told = try JSONDecoder().decode(Told.self, from: Data(data))
        let last = try #require(rig.lastEvent(.a))
        #expect(told.greeting == "hello" && told.event.revision == last.revision)
        #expect(told.event.status == .failed && told.event.errors == last.errors)
    }

    enum Ending: CaseIterable { case completed, failed, cancelled, lost, neverSealed }

    @Test(arguments: Ending.allCases)
    func howeverItEnded(_ ending: Ending) throws {
        switch ending {
        case .neverSealed:
            try rig.open(BatchRequest(id: .a, onEnd: Self.action))
            rig.advance(rig.configuration.openTimeout)
        default:
            try submit()
            rig.ready(.w1)
        }
        switch ending {
        case .completed: rig.report(.w1, .a, completed: [0])
        case .failed: rig.report(.w1, .a, failed: [0])
        case .cancelled:
            try rig.cancel(.a)
            rig.report(.w1, .a, cancelled: [0])
        case .lost:
            try rig.cancel(.a)
            rig.advance(rig.configuration.lease)
        case .neverSealed: break
        }
        #expect(rig.record(.a)?.isEnded == true && rig.record(Self.follower)?.isEnded == false)
    }

    @Test func withoutWorkersItWaits() throws {
        try submit()
        try rig.cancel(.a)
        #expect(rig.engine.typesWithoutWorker(of: Self.follower) == ["work"])
        rig.restart()
        #expect(rig.record(Self.follower)?.status == .pending)
        rig.ready(.w1)
        #expect(rig.grants.map(\.batch) == [Self.follower])
    }

    @Test(arguments: [(nil, nil), ("night", "night"), ("a", nil)] as [(String?, String?)])
    func itsLane(lane: String?, expected: String?) throws {
        try submit(lane: lane)
        try rig.cancel(.a)
        let request = try #require(rig.record(Self.follower)?.request)
        #expect(request.lane == expected, "workers of its own are gone when a batch has ended")
    }

    @Test func ofAPrivateBatchItIsPrivate() throws {
        try submit(label: "secret", isPrivate: true)
        rig.ready(.w1)
        rig.report(.w1, .a, failed: [0])
        let request = try #require(rig.record(Self.follower)?.request)
        #expect(request.isPrivate && request.label == nil)
        #expect(!"\(rig.store)".contains("secret"))
    }

    @Test func aRetryHasItsOwn() throws {
        try submit()
        rig.ready(.w1)
        rig.report(.w1, .a, failed: [0])
        rig.report(.w1, Self.follower, completed: [0])
        let source = try #require(rig.record(.a))
        try rig.turn { engine, turn in
            _ = try engine.retry(source, as: BatchRetry(id: .b), known: nil, in: &turn)
        }
        try rig.cancel(.b)
        #expect(rig.record(BatchID(literal: "b-on-end"))?.isEnded == false)
    }

    @Test func nobodyElseUsesSuchAnID() throws {
        #expect(throws: Refusal.reservedID(Self.follower)) { try rig.open(BatchRequest(id: Self.follower)) }
        try rig.open(BatchRequest(id: .a, onEnd: Self.action))
        #expect(throws: Refusal.conflictingBatch(.a, what: "wish for its end")) {
            try rig.open(BatchRequest(id: .a))
        }
    }

    @Test(arguments: [
        ("a", "a-on-end"), (String(repeating: "x", count: 56), String(repeating: "x", count: 56) + "-on-end"),
        (
            String(repeating: "x", count: 57),
            String(repeating: "x", count: 40) + "-LONG-on-end"
        ),
    ])
    func itsID(of id: String, expected: String) {
        var digest = OperationDigest()
        digest.add(BatchOperation(type: id))
        let found = BatchID(literal: id).onEnd
        #expect(found.description == expected.replacing("LONG", with: "\(digest)") && found.isOnEnd)
    }

    /// The second to end would have taken the place of what is done on the first one's end.
    @Test func anIDMadeToFitHasAnother() {
        let long = BatchID(literal: String(repeating: "l", count: 64))
        let alike = BatchID(literal: String(long.onEnd.description.dropLast("-on-end".count)))
        #expect(alike.onEnd != long.onEnd)
    }
}

import BatchEngine
import BatchProgress
import Testing

@Suite struct HandOutTests {
    /// Of a batch in a lane, of operations of a type: whether this worker is given them.
    static let routes:
        [(type: String, lane: String?, workerTypes: [String], workerLane: String?, isGiven: Bool)] = [
            ("work", nil, ["work"], nil, true),
            ("work", nil, ["mail"], nil, false),
            ("work", nil, ["mail", "work"], nil, true),
            ("work", "mine", ["work"], "mine", true),
            ("work", "mine", ["work"], nil, false),
            ("work", nil, ["work"], "mine", false),
            ("work", "mine", ["work"], "yours", false),
        ]

    @Test(arguments: routes)
    func byTypeAndLane(
        type: String, lane: String?, workerTypes: [String], workerLane: String?, isGiven: Bool
    ) throws {
        for workerIsFirst in [true, false] {
            let rig = Rig()
            if workerIsFirst { rig.ready(.w1, types: workerTypes, lane: workerLane) }
            try rig.submit(BatchRequest(id: .a, lane: lane), [(type, 1)])
            if !workerIsFirst { rig.ready(.w1, types: workerTypes, lane: workerLane) }
            #expect(rig.grants.map(\.operations) == (isGiven ? [[0]] : []))
            #expect(rig.engine.typesWithoutWorker(of: .a) == (isGiven ? [] : [type]))
        }
    }

    @Test func aGrantIsDurableAndSaysAll() throws {
        let rig = Rig()
        try rig.submit(BatchRequest(id: .a), [("mail", 1), ("work", 3)])
        rig.ready(.w1, slots: 2, capacity: 2)
        let grant = try #require(rig.grants.first)
        #expect(
            grant
                == Grant(id: grant.id, session: .w1, batch: .a, type: "work", attempt: 1, operations: [1, 2]))
        #expect(rig.store.grants == [grant.id: grant])
    }

    static let capacities: [(slots: Int, capacity: Int, count: Int, given: Int)] = [
        (1, 1, 10, 1), (4, 4, 10, 4), (4, 4, 3, 3), (2, 6, 10, 6), (2, 0, 10, 0), (1, 1000, 500, 500),
    ]

    @Test(arguments: capacities)
    func noMoreThanItWants(slots: Int, capacity: Int, count: Int, given: Int) throws {
        let rig = Rig()
        try rig.submit(.a, count)
        rig.ready(.w1, slots: slots, capacity: capacity)
        #expect(rig.grants.flatMap(\.operations) == Array(0..<given))
        #expect(rig.grants.allSatisfy { $0.operations.count <= 256 })
        // What it has ended makes room for as many.
        rig.report(.w1, .a, completed: Array(0..<min(given, 2)))
        #expect(rig.grants.flatMap(\.operations).count == min(given, 2, count - given))
    }

    @Test func aNewCapacityIsFilledAtOnce() throws {
        let rig = Rig()
        try rig.submit(.a, 10)
        rig.ready(.w1)
        rig.heard(.w1, capacity: 3)
        #expect(rig.grants.flatMap(\.operations) == [1, 2])
        rig.heard(.w1, capacity: 1)
        rig.report(.w1, .a, completed: [0])
        #expect(rig.grants.isEmpty, "it holds two, and wants one")
    }

    @Test func workIsSharedBetweenWorkers() throws {
        let rig = Rig()
        for session in [SessionID.w1, .w2, .w3] { rig.ready(session, slots: 2, capacity: 1000) }
        try rig.submit(.a, 600)
        let counts = Dictionary(grouping: rig.grants, by: \.session).mapValues {
            $0.reduce(0) { $0 + $1.operations.count }
        }
        #expect(counts.count == 3 && counts.values.reduce(0, +) == 600)
        #expect((counts.values.min() ?? 0) > 100)
        #expect(Set(rig.grants.flatMap(\.operations)).count == 600)
    }

    /// However few there are, no worker with idle slots is left without for one that hoards.
    @Test func fewOperationsAreSharedToo() throws {
        let rig = Rig()
        for session in [SessionID.w1, .w2, .w3] { rig.ready(session, slots: 1, capacity: 1000) }
        try rig.submit(.a, 3)
        #expect(Set(rig.grants.map(\.session)).count == 3)
    }

    /// A batch of ten is through while one of a million has hardly begun.
    @Test func aSmallBatchIsNotStuckBehindALargeOne() throws {
        let rig = Rig()
        try rig.open(BatchRequest(id: .a))
        rig.turn { engine, turn in
            engine.copied(
                RetryCopy(from: .b, to: .a, after: nil, limit: .max, first: 0), types: [("work", 1_000_000)],
                digest: OperationDigest(), isLast: true, in: &turn)
        }
        rig.ready(.w1, slots: 4, capacity: 4)
        try rig.submit(.b, 10)
        var granted = rig.grants
        var held: [BatchID: [Int]] = [.a: [0, 1, 2, 3]]
        while rig.engine.record(of: .b) != nil {
            let ending = held
            held = [:]
            for (id, operations) in ending {
                rig.report(.w1, id, completed: operations)
                granted += rig.grants
                for grant in rig.grants { held[grant.batch, default: []] += grant.operations }
            }
            #expect((rig.record(.a)?.completed ?? 0) < 100, "the batch of ten waits")
            guard (rig.record(.a)?.completed ?? 0) < 100 else { return }
        }
        #expect(rig.counts(.b) == [10, 0, 0])
    }

    @Test func batchesTakeTurns() throws {
        let rig = Rig()
        let ids = (0..<5).compactMap { BatchID("batch-\($0)") }
        for id in ids { try rig.submit(id, 100) }
        rig.ready(.w1, slots: 1, capacity: 1)
        var turns: [BatchID] = rig.grants.map(\.batch)
        while turns.count < 50, let grant = rig.grants.first {
            rig.report(.w1, grant.batch, completed: grant.operations)
            turns += rig.grants.map(\.batch)
        }
        for id in ids { #expect(turns.count { $0 == id } == 10) }
    }

    @Test func nothingIsGivenTwice() throws {
        let rig = Rig()
        try rig.submit(.a, 50)
        var given: [Int] = []
        for round in 0..<20 {
            let session = SessionID(literal: "s\(round)")
            rig.ready(session, slots: 3, capacity: 3)
            given += rig.grants.flatMap(\.operations)
        }
        #expect(given.sorted() == Array(0..<50))
    }
}

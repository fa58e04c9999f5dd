import BatchEngine
import BatchProgress
import Testing

@Suite struct RetryTests {
    /// After so many failures, the wait in milliseconds is between these.
    static let delays: [(failures: Int, least: Int64, most: Int64)] = [
        (1, 250, 750), (2, 500, 1500), (3, 1000, 3000), (4, 2000, 6000), (7, 16_000, 48_000),
        (8, 30_000, 90_000), (30, 30_000, 90_000), (100, 30_000, 90_000),
    ]

    @Test(arguments: delays)
    func waitsLongerEachTime(failures: Int, least: Int64, most: Int64) throws {
        for seed in 0..<20 as Range<UInt64> {
            let rig = Rig(seed: seed) { $0.lease = .seconds(10_000) }
            try rig.submit(.a, 1, retries: 100)
            rig.ready(.w1)
            for attempt in 1...failures {
                #expect(rig.engine.state(of: 0, of: .a) == "granted")
                rig.report(.w1, .a, attempt: attempt, failed: [0])
                if attempt < failures { rig.advance(.seconds(91)) }
            }
            let wait = try #require(rig.wait(of: 0))
            #expect(least <= wait && wait <= most, "\(wait)")
        }
    }

    @Test func isGrantedAgainWhenTheWaitIsOver() throws {
        let rig = Rig()
        try rig.submit(.a, 1, retries: 1)
        rig.ready(.w1)
        rig.report(.w1, .a, failed: [0])
        #expect(rig.counts(.a) == [0, 0, 0] && rig.engine.state(of: 0, of: .a) == "waiting")
        let wait = try #require(rig.wait(of: 0))
        rig.advance(.milliseconds(wait - 1))
        #expect(rig.engine.state(of: 0, of: .a) == "waiting")
        rig.advance(.milliseconds(2))
        #expect(rig.engine.state(of: 0, of: .a) == "granted")
        rig.report(.w1, .a, attempt: 2, failed: [0])
        #expect(rig.counts(.a) == [0, 1, 0] && rig.record(.a)?.status == .failed)
        #expect(rig.lastEvent(.a)?.retriedOperations == 1)
    }

    /// A hundred that fail at one moment don't come back in one.
    @Test func jitterSpreadsThem() throws {
        let rig = Rig()
        try rig.submit(.a, 100, retries: 1)
        rig.ready(.w1, capacity: 100)
        rig.report(.w1, .a, failed: Array(0..<100))
        let waits = (0..<100).compactMap { rig.wait(of: $0) }
        #expect(waits.count == 100 && Set(waits).count > 60)
        #expect((waits.min() ?? 0) < 350 && (waits.max() ?? 0) > 650)
    }

    @Test(arguments: [0, 1, 3])
    func failsForGoodAfterItsRetries(retries: Int) throws {
        let rig = Rig { $0.lease = .seconds(10_000) }
        try rig.submit(.a, 1, retries: retries)
        rig.ready(.w1)
        for attempt in 1...(retries + 1) {
            #expect(rig.counts(.a) == [0, 0, 0])
            rig.report(.w1, .a, attempt: attempt, failed: [0])
            rig.advance(.seconds(100))
        }
        #expect(rig.counts(.a) == [0, 1, 0])
        #expect(rig.record(.a)?.retried == (retries > 0 ? 1 : 0))
        #expect(rig.engine.isEmpty)
    }

    /// Whoever runs it knows whether its failure would be for good.
    @Test func aGrantSaysWhetherFailuresAreTriedAgain() throws {
        let rig = Rig { $0.lease = .seconds(10_000) }
        try rig.submit(.a, 2, retries: 1)
        rig.ready(.w1, capacity: 2)
        #expect(rig.prospects == [0: true, 1: true])
        rig.report(.w1, .a, failed: [0])
        // The second was only given back: its failure is still the first.
        rig.release(.w1, .a, [1])
        #expect(rig.prospects == [1: true])
        rig.advance(.seconds(1))
        #expect(rig.prospects == [0: false])
        // A grant that was lost on the way says the same when it is sent again.
        rig.ready(.w1, capacity: 2)
        #expect(rig.prospects == [0: false, 1: true])
    }

    @Test func operationsWithAnotherProspectAreGrantedApart() throws {
        let rig = Rig { $0.lease = .seconds(10_000) }
        try rig.submit(.a, 2, retries: 1)
        rig.ready(.w1, capacity: 2)
        rig.report(.w1, .a, failed: [0])
        rig.heard(.w1, capacity: 0)
        rig.release(.w1, .a, [1])
        rig.advance(.seconds(1))
        rig.ready(.w1, capacity: 2)
        #expect(Set(rig.grants.map(\.operations)) == [[0], [1]])
    }

    @Test func theFirstOpenOperationIsKnown() throws {
        let rig = Rig()
        try rig.submit(.a, 4)
        #expect(rig.engine.firstOpenOperation(of: .a) == 0)
        rig.ready(.w1, capacity: 2)
        rig.report(.w1, .a, completed: [1])
        #expect(rig.engine.firstOpenOperation(of: .a) == 0)
        rig.report(.w1, .a, completed: [0])
        #expect(rig.engine.firstOpenOperation(of: .a) == 2)
        rig.report(.w1, .a, completed: [2, 3])
        #expect(rig.engine.firstOpenOperation(of: .a) == nil)
    }

    @Test func aLateSuccessEndsTheWait() throws {
        let rig = Rig()
        try rig.submit(.a, 1, retries: 1)
        rig.ready(.w1)
        rig.report(.w1, .a, failed: [0])
        rig.report(.w1, .a, completed: [0])
        #expect(rig.counts(.a) == [1, 0, 0] && rig.engine.isEmpty)
        rig.advance(.seconds(100))
        #expect(rig.engine.isEmpty && rig.grants.isEmpty)
    }
}

extension Rig {
    /// Of what was granted in the last turn: whether it is tried again if it fails.
    fileprivate var prospects: [Int: Bool] {
        grants.reduce(into: [:]) { prospects, grant in
            for number in grant.operations { prospects[number] = grant.retriesFailures }
        }
    }

    /// Milliseconds until the operation may be handed out again.
    fileprivate func wait(of operation: Int) -> Int64? {
        store.recovery.batches.first?.histories[operation]?.notBefore.map { ($0 - now).microseconds / 1000 }
    }
}

import BatchProgress
import Testing

@Suite struct TimeEstimateTests {
    /// Steady work: how many operations a second, in how many slots, and how many there are.
    static let steady: [(what: String, perSecond: Double, slots: Int, total: Int)] = [
        ("a few, a second each", 1, 1, 10),
        ("a few, a second each, four at once", 4, 4, 40),
        ("fast", 20_000, 8, 1_000_000),
        ("fast and few", 5000, 8, 20_000),
        ("half a minute each, one at a time", 1.0 / 30, 1, 20),
        ("half a minute each, in waves of eight", 8.0 / 30, 8, 160),
        ("an hour each", 1.0 / 3600, 1, 24),
        ("a day", 10, 4, 864_000),
        ("a week", 2, 16, 1_209_600),
        ("a week of an operation every ten minutes", 1.0 / 600, 1, 1008),
    ]

    @Test(arguments: steady)
    func halfWayThereIsHalfTheTimeLeft(what: String, perSecond: Double, slots: Int, total: Int) throws {
        var estimate = TimeEstimate()
        estimate.restart(at: moment(0), finished: 0)
        // As the coordinator learns of it: a turn at each end, though hardly more than a hundred a second.
        let step = max(slots, Int(perSecond / 100))
        var finished = 0
        while finished < total / 2 {
            finished = min(finished + step, total / 2)
            estimate.record(finished: finished, at: moment(Double(finished) / perSecond))
        }
        let now = Double(finished) / perSecond
        let truth = Double(total - finished) / perSecond
        let told = Double(total - finished) / (try #require(estimate.operationsPerSecond(at: moment(now))))
        #expect(abs(told / truth - 1) < 0.15, "\(told) for \(truth)")
    }

    /// Operations that take from half to one and a half of the mean, four at once.
    @Test(arguments: 0..<20)
    func unevenOperationsToo(seed: Int) throws {
        var generator = Generator(state: UInt64(seed))
        var ends = [0.0, 0, 0, 0]
        var moments: [Double] = []
        for _ in 0..<600 {
            let slot = ends.indices.min { ends[$0] < ends[$1] } ?? 0
            ends[slot] += Double.random(in: 0.5...1.5, using: &generator)
            moments.append(ends[slot])
        }
        moments.sort()
        var estimate = TimeEstimate()
        estimate.restart(at: moment(0), finished: 0)
        for (index, at) in moments.prefix(300).enumerated() {
            estimate.record(finished: index + 1, at: moment(at))
        }
        let told = 300 / (try #require(estimate.operationsPerSecond(at: moment(moments[299]))))
        let truth = moments[599] - moments[299]
        #expect(abs(told / truth - 1) < 0.15, "\(told) for \(truth)")
    }

    @Test func isUnknownAtFirst() {
        var estimate = TimeEstimate()
        #expect(estimate.operationsPerSecond(at: moment(5)) == nil)
        estimate.record(finished: 5, at: moment(1))
        #expect(estimate.operationsPerSecond(at: moment(5)) == nil, "nothing counts before it began")
        estimate.restart(at: moment(10), finished: 0)
        #expect(estimate.operationsPerSecond(at: moment(20)) == nil, "none has ended")
        estimate.record(finished: 1, at: moment(20))
        #expect(estimate.operationsPerSecond(at: moment(21)) == nil, "one says nothing of a pace")
        estimate.record(finished: 2, at: moment(30))
        #expect(estimate.operationsPerSecond(at: moment(30)) == 0.1)
    }

    @Test func isUnknownInTheFirstHalfSecond() {
        var estimate = TimeEstimate()
        estimate.restart(at: moment(0), finished: 0)
        estimate.record(finished: 50, at: moment(0.1))
        #expect(estimate.operationsPerSecond(at: moment(0.49)) == nil)
        #expect(estimate.operationsPerSecond(at: moment(0.5)) == 100)
    }

    /// Ten times slower from the hundredth second on: once that is a third of its life, that is what it says.
    @Test func followsAChangeOfPace() throws {
        var estimate = TimeEstimate()
        estimate.restart(at: moment(0), finished: 0)
        for second in 1...100 { estimate.record(finished: second * 10, at: moment(Double(second))) }
        for second in 101...160 { estimate.record(finished: 900 + second, at: moment(Double(second))) }
        let rate = try #require(estimate.operationsPerSecond(at: moment(160)))
        #expect(abs(rate - 1) < 0.15, "\(rate)")
    }

    /// A hundred times a second, 200 ends each, and from the fourth second on 50: two seconds later it is known.
    @Test func followsAChangeOfPaceSoonWhereOperationsAreShort() throws {
        var estimate = TimeEstimate()
        estimate.restart(at: moment(0), finished: 0)
        for step in 1...400 { estimate.record(finished: step * 200, at: moment(Double(step) / 100)) }
        for step in 401...625 {
            estimate.record(finished: 80_000 + (step - 400) * 50, at: moment(Double(step) / 100))
        }
        let rate = try #require(estimate.operationsPerSecond(at: moment(6.25)))
        #expect(abs(rate / 5000 - 1) < 0.15, "\(rate)")
    }

    /// Nothing ends any more: the rate falls, rather than stay at what it was.
    @Test func fallsWhileNothingEnds() throws {
        var estimate = TimeEstimate()
        estimate.restart(at: moment(0), finished: 0)
        for second in 1...60 { estimate.record(finished: second, at: moment(Double(second))) }
        let later = try #require(estimate.operationsPerSecond(at: moment(75)))
        #expect(later < 0.7)
    }

    @Test func knowsNothingOfBeforeAPause() {
        var estimate = TimeEstimate()
        estimate.restart(at: moment(0), finished: 0)
        for second in 1...60 { estimate.record(finished: second * 100, at: moment(Double(second))) }
        estimate.restart(at: moment(4000), finished: 6000)
        #expect(estimate.operationsPerSecond(at: moment(4001)) == nil)
        estimate.record(finished: 6001, at: moment(4001))
        estimate.record(finished: 6002, at: moment(4002))
        #expect(estimate.operationsPerSecond(at: moment(4002)) == 1)
    }

    @Test func memoryIsBounded() {
        var estimate = TimeEstimate()
        estimate.restart(at: moment(0), finished: 0)
        for step in 1...1_000_000 { estimate.record(finished: step, at: moment(Double(step) * 0.6)) }
        #expect(estimate.sampleCount <= 64)
    }

    private func moment(_ seconds: Double) -> Timestamp {
        Timestamp(microseconds: 1_700_000_000_000_000 + Int64((seconds * 1e6).rounded()))
    }
}

extension TimeEstimate {
    fileprivate var sampleCount: Int {
        Mirror(reflecting: self).children.first { $0.label == "samples" }
            .map { Mirror(reflecting: $0.value).children.count } ?? .max
    }
}

/// Chance that is the same in each run.
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ state >> 33) &* 0xff51_afd7_ed55_8ccd
    }
}

import BatchProgress
import Testing

@testable import Coordinator

@Suite struct RequestBudgetTests {
    private let start = Timestamp(microseconds: 1_000_000)
    private static let ann: [UInt8] = [1]
    private static let bob: [UInt8] = [2]

    private func spend(
        _ budget: inout RequestBudget, _ peer: [UInt8], wanted: Int, after seconds: Double = 0
    ) -> Int {
        (0..<wanted).count { _ in budget.spend(peer, at: start + .seconds(seconds)) }
    }

    @Test func aBurstAndThenTheRate() {
        var budget = RequestBudget(perSecond: 10, burst: 50)
        #expect(spend(&budget, Self.ann, wanted: 100) == 50)
        #expect(spend(&budget, Self.ann, wanted: 100, after: 1) == 10)
        #expect(spend(&budget, Self.ann, wanted: 100, after: 1) == 0)
        #expect(spend(&budget, Self.ann, wanted: 100, after: 1000) == 50)
    }

    @Test func nobodySpendsWhatIsAnothers() {
        var budget = RequestBudget(perSecond: 10, burst: 50)
        #expect(spend(&budget, Self.ann, wanted: 100) == 50)
        #expect(spend(&budget, Self.bob, wanted: 100) == 50)
    }

    @Test func aClockThatGoesBackGivesNothing() {
        var budget = RequestBudget(perSecond: 10, burst: 50)
        #expect(spend(&budget, Self.ann, wanted: 100, after: 10) == 50)
        #expect(spend(&budget, Self.ann, wanted: 100) == 0)
    }

    @Test func theRestedAreForgotten() {
        var budget = RequestBudget(perSecond: 10, burst: 50)
        _ = spend(&budget, Self.ann, wanted: 50)
        _ = spend(&budget, Self.bob, wanted: 1)
        budget.forgetTheRested(at: start + .seconds(1))
        #expect(budget.peers == 1)
        budget.forgetTheRested(at: start + .seconds(6))
        #expect(budget.peers == 0)
    }
}

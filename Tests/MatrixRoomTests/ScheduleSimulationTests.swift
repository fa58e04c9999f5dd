import BatchProgress
import MatrixRoom
import Testing

@Suite struct ScheduleSimulationTests {
    private static let quiet = SimulatedGateway.Trouble()
    private static let rough = SimulatedGateway.Trouble(lostAnswers: 0.1, lostRequests: 0.1, kills: 0.05)

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `five batches under the usual limit`(seed: UInt64) {
        var gateway = SimulatedGateway(batches: 5, seed: seed, perSecond: 0.2, burst: 10, Self.quiet)
        gateway.run(after: 60)
        check(gateway)
        #expect(gateway.homeserver.refusals == 0)
        for batch in gateway.batches {
            let states = gateway.states(of: batch.id)
            // The end within half a minute.
            #expect(states.last.map { ($0.at - .at(batch.end)).inSeconds <= 30 } == true)
            #expect(gateway.homeserver.mentions[batch.id] ?? 0 == (batch.end - batch.start > 61 ? 1 : 0))
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `no message stands still while others are edited`(seed: UInt64) {
        var gateway = SimulatedGateway(batches: 12, seed: seed, perSecond: 0.2, burst: 10, Self.quiet)
        gateway.run(after: 300)
        check(gateway)
        for batch in gateway.batches {
            let times = gateway.states(of: batch.id).map { ($0.at - .at(0)).inSeconds }
            let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
            // Twelve messages at five seconds each, and ends and mentions between.
            #expect((gaps.max() ?? 0) < 120, "\(batch.id): \(gaps)")
        }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `lost answers, lost requests and kills`(seed: UInt64) {
        var gateway = SimulatedGateway(batches: 8, seed: seed, perSecond: 0.2, burst: 10, Self.rough)
        gateway.run(after: 900)
        check(gateway)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `a limit that is lower than was said`(seed: UInt64) {
        let trouble = SimulatedGateway.Trouble(lostAnswers: 0.02, kills: 0.01, wrongLimit: 20)
        var gateway = SimulatedGateway(batches: 5, seed: seed, perSecond: 0.2, burst: 10, trouble)
        gateway.run(after: 900)
        check(gateway)
        #expect(gateway.homeserver.refusals * 3 < gateway.sendings)
    }

    @Test(arguments: 1...2 as ClosedRange<UInt64>)
    func `many batches, no limit`(seed: UInt64) {
        let trouble = SimulatedGateway.Trouble(lostAnswers: 0.01, lostRequests: 0.01, kills: 0.002)
        var gateway = SimulatedGateway(batches: 60, seed: seed, perSecond: 50, burst: 100, trouble)
        gateway.run(after: 60)
        check(gateway)
    }

    /// What holds whatever happens, once there was time enough.
    private func check(_ gateway: SimulatedGateway) {
        #expect(gateway.schedule.count == 0)
        for batch in gateway.batches {
            let messages = gateway.homeserver.messages.values.filter { $0.batch == batch.id }
            #expect(messages.count == 1, "\(batch.id) has one message")
            let states = gateway.states(of: batch.id)
            #expect(states.last?.status == batch.last?.status, "\(batch.id) is ended rightly")
            #expect(states.last?.revision == batch.last?.revision)
            #expect(states.count - 1 <= EditPace.mostEdits)
            #expect(zip(states, states.dropFirst()).allSatisfy { $0.revision <= $1.revision })
            #expect(gateway.homeserver.mentions[batch.id] ?? 0 <= 1)
        }
    }
}

extension SimulatedGateway {
    fileprivate func states(of batch: BatchID) -> [(revision: Int64, status: BatchStatus, at: Timestamp)] {
        homeserver.messages.values.first { $0.batch == batch }?.states ?? []
    }
}

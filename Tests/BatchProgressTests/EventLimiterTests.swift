import BatchProgress
import Testing

@Suite struct EventLimiterTests {
    /// What happens at a moment, in milliseconds, and what comes of it.
    enum Step: Sendable {
        case change(Int, publish: Published)
        case urgent(Int)
        case due(Int, publishes: Bool)
    }

    enum Published: Sendable {
        case now
        case at(Int)
    }

    static let courses: [(what: String, steps: [Step])] = [
        ("the first change leaves at once", [.change(0, publish: .now)]),
        (
            "later ones wait for the end of the interval, and leave once",
            [
                .change(0, publish: .now), .change(10, publish: .at(500)), .change(499, publish: .at(500)),
                .due(499, publishes: false), .due(500, publishes: true), .due(500, publishes: false),
                .due(1000, publishes: false),
            ]
        ),
        (
            "after a quiet interval a change leaves at once",
            [.change(0, publish: .now), .change(500, publish: .now), .change(2000, publish: .now)]
        ),
        (
            "the trailing edge begins an interval too",
            [
                .change(0, publish: .now), .change(1, publish: .at(500)), .due(510, publishes: true),
                .change(520, publish: .at(1010)), .due(1010, publishes: true),
            ]
        ),
        (
            "what is urgent takes the gathered change with it",
            [
                .change(0, publish: .now), .change(10, publish: .at(500)), .urgent(20),
                .due(500, publishes: false), .change(501, publish: .at(520)), .due(520, publishes: true),
            ]
        ),
        ("the first may be urgent", [.urgent(0), .change(1, publish: .at(500))]),
        ("nothing is due before anything changed", [.due(10_000, publishes: false)]),
        (
            "a change when the gathered one is overdue leaves at once, with it",
            [
                .change(0, publish: .now), .change(1, publish: .at(500)), .change(700, publish: .now),
                .due(700, publishes: false),
            ]
        ),
    ]

    @Test(arguments: courses)
    func follows(what: String, steps: [Step]) {
        var limiter = EventLimiter(interval: .milliseconds(500))
        for step in steps {
            switch step {
            case .change(let at, let publish):
                let action = limiter.changed(at: moment(at))
                switch publish {
                case .now: #expect(action == .publishNow, "\(step)")
                case .at(let later): #expect(action == .publish(at: moment(later)), "\(step)")
                }
            case .urgent(let at):
                let action = limiter.changed(at: moment(at), urgent: true)
                #expect(action == .publishNow, "\(step)")
            case .due(let at, let publishes):
                let isDue = limiter.due(at: moment(at))
                #expect(isDue == publishes, "\(step)")
            }
        }
    }

    /// Changes at random: no two events closer than the interval, no change told later than it.
    @Test func neverMoreOftenAndNeverLater() {
        var generator = SystemRandomNumberGenerator()
        var limiter = EventLimiter(interval: .milliseconds(500))
        var lastPublished = -500
        var untoldSince: Int?
        for now in 0..<60_000 {
            var published = limiter.deadline.map { $0 <= moment(now) } ?? false
            if published {
                let isDue = limiter.due(at: moment(now))
                #expect(isDue)
            }
            if Int.random(in: 0..<200, using: &generator) == 0 {
                let publishesNow = limiter.changed(at: moment(now)) == .publishNow
                published = published || publishesNow
                if !publishesNow { untoldSince = untoldSince ?? now }
            }
            if published {
                #expect(now - lastPublished >= 500)
                (lastPublished, untoldSince) = (now, limiter.deadline == nil ? nil : now)
            }
            #expect(now - (untoldSince ?? now) <= 500)
        }
    }

    private func moment(_ milliseconds: Int) -> Timestamp {
        Timestamp(microseconds: 1_700_000_000_000_000) + .milliseconds(milliseconds)
    }
}

import Testing

@testable import HTTPGateway

@Suite struct DeadLinkRuleTests {
    @Test(
        "a peer is dead that has not acknowledged anything for twenty seconds, though asked",
        arguments: [
            ("nothing is on its way: keep-alive looks after it", 0, 0, 0, 3600, false),
            ("just sent", 1, 0, 0, 0, false),
            ("sent after a long silence", 1, 0, 0, 3600, false),
            ("sent again once, a moment ago", 1, 1, 0, 1, false),
            ("sent again and again, not for long", 5, 4, 0, 19, false),
            ("sent again and again, for long", 5, 6, 0, 20, true),
            ("the first was sent again after a long silence", 1, 1, 0, 60, true),
            ("its window is closed, and it answers probes", 0, 0, 0, 60, false),
            ("one probe is on its way", 0, 0, 1, 120, false),
            ("a second probe stays without an answer", 0, 0, 2, 21, true),
            ("probes stay without an answer, not for long", 0, 0, 3, 10, false),
        ] as [(String, Int, Int, Int, Int, Bool)])
    func dead(
        _: String, unacknowledged: Int, retransmits: Int, probes: Int, seconds: Int, isDead: Bool
    ) {
        let sample = DeadLinkRule.Sample(
            unacknowledged: unacknowledged, retransmits: retransmits, unansweredProbes: probes,
            sinceAcknowledgement: .seconds(seconds))
        #expect(DeadLinkRule.isDead(sample) == isDead)
    }
}

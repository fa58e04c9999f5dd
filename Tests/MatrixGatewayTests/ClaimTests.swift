import BatchProgress
import Testing

@testable import MatrixGateway

/// Who posts in a room, of gateways that share an account: the one that was there first, for as long as it says so.
@Suite struct ClaimTests {
    private static let now: Int64 = 1_800_000_000_000
    private static let ours = GatewayClaim(device: "D", instance: "m", since: now - 1000, at: now)

    struct Row: CustomTestStringConvertible, Sendable {
        var what: String
        var device = "D"
        var instance = "a"
        /// Milliseconds before now.
        var began: Int64 = 2000
        var said: Int64 = 0
        var rival: GatewayClaim.Rival?

        var testDescription: String { what }
    }

    @Test(arguments: [
        Row(what: "it was first", rival: .sameDevice),
        Row(what: "it was first, by another login", device: "E", rival: .otherDevice("E")),
        Row(what: "it came later", began: 500),
        Row(what: "both began together: one goes first", began: 1000, rival: .sameDevice),
        Row(what: "both began together, and it is us", instance: "z", began: 1000),
        Row(what: "it is our own, from before a restart", instance: "m", began: 9000),
        Row(what: "its last word was a minute ago", said: 60_000, rival: .sameDevice),
        Row(what: "it is silent", said: 65_000),
        Row(what: "it has said that it goes", said: now),
        Row(what: "its clock is as far ahead as can be said", said: now - .max, rival: .sameDevice),
        Row(what: "its clock is as far back as can be said", said: now - .min / 2),
    ])
    func `who makes way`(row: Row) {
        let other = GatewayClaim(
            device: row.device, instance: row.instance, since: Self.now - row.began, at: Self.now - row.said)
        #expect(Self.ours.rival(other, at: Self.now) == row.rival)
        if row.rival != nil {
            #expect(other.rival(Self.ours, at: Self.now) == nil, "never both")
        }
    }

    @Test func `nobody has claimed it`() {
        #expect(Self.ours.rival(nil, at: Self.now) == nil)
    }

    @Test func `what is written is read`() {
        #expect(GatewayClaim(Self.ours.json) == Self.ours)
    }

    private static let rubbish: [JSONValue?] = [
        nil, [:], ["device": 7], "x", ["device": "D", "instance": "m", "since": "1", "at": 1],
    ]

    @Test(arguments: rubbish)
    func `what others have written there is no claim`(json: JSONValue?) {
        #expect(GatewayClaim(json) == nil)
    }
}

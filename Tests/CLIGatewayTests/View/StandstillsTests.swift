import BatchProgress
import Testing

@testable import CLIGateway

@Suite struct StandstillsTests {
    private let id = BatchID(literal: "7k3mxp")
    private let waiting = batch("a", 0, of: 4, .pending)

    @Test(
        arguments: [
            (
                .pending, nil, ["command"],
                "no worker takes operations of type command; start one with: tally worker --allow-commands",
                nil
            ),
            (.processing, nil, ["a", "b"], "no worker takes operations of type a, b", nil),
            (.processing, nil, nil, nil, nil),
            (.pending, "7k3mxp", ["command"], "no worker; run it here with: tally run --resume 7k3mxp", nil),
            (.paused, "7k3mxp", ["command"], nil, "tally run --resume 7k3mxp"),
            (.paused, "7k3mxp", nil, nil, "tally resume 7k3mxp"),
            (.paused, nil, ["command"], nil, "tally resume 7k3mxp"),
            (.failed, "7k3mxp", nil, nil, nil),
        ] as [(BatchStatus, String?, [String]?, String?, String?)])
    func saysWhyNothingMovesAndHowToGoOn(
        status: BatchStatus, lane: String?, types: [String]?, waitsFor: String?, goesOnBy: String?
    ) {
        let detail = BatchDetail(batch("a", 4, of: 4, status), lane: lane, typesWithoutWorker: types)
        #expect(detail.waitsFor == waitsFor)
        #expect(detail.goesOnBy == goesOnBy)
    }

    @Test func aRunThatWasKilledWhileItReadItsValuesIsGoneOnWithAsARun() {
        let detail = BatchDetail(batch("a", 4, of: 4, .paused), lane: "7k3mxp", isSealed: false)
        #expect(detail.goesOnBy == "tally run --resume 7k3mxp")
    }

    @Test func isSaidAfterASecondAndOnce() {
        var standstills = Standstills()
        let detail = BatchDetail(waiting, typesWithoutWorker: ["x"])
        standstills.note([detail], at: noon)
        #expect(standstills.reason(of: id, at: noon + .milliseconds(999)) == nil)
        standstills.note([detail], at: noon + .milliseconds(500))
        #expect(standstills.reason(of: id, at: noon + .seconds(1)) != nil)
        #expect(standstills.due(at: noon + .seconds(1)).map(\.event) == [waiting])
        #expect(standstills.due(at: noon + .seconds(2)).isEmpty)
    }

    /// Ours are on their way.
    @Test func isNotSaidOfABatchWhoseWorkersWeBring() {
        var standstills = Standstills(exceptOf: id)
        standstills.note([BatchDetail(waiting, lane: "7k3mxp", typesWithoutWorker: ["command"])], at: noon)
        #expect(standstills.reason(of: id, at: noon + .seconds(5)) == nil)
        #expect(standstills.due(at: noon + .seconds(5)).isEmpty)
    }

    @Test func isForgottenOnceSomethingMoves() {
        var standstills = Standstills()
        standstills.note([BatchDetail(waiting, typesWithoutWorker: ["x"])], at: noon)
        standstills.update(waiting)
        #expect(standstills.reason(of: id, at: noon + .seconds(5)) != nil)
        standstills.update(batch("a", 1, of: 4))
        #expect(standstills.reason(of: id, at: noon + .seconds(5)) == nil)
        standstills.note([BatchDetail(waiting, typesWithoutWorker: ["x"])], at: noon)
        standstills.note([BatchDetail(waiting)], at: noon + .seconds(5))
        #expect(standstills.reason(of: id, at: noon + .seconds(9)) == nil)
    }
}

extension BatchDetail {
    fileprivate init(
        _ event: BatchProgressEvent, lane: String? = nil, isSealed: Bool = true,
        typesWithoutWorker: [String]? = nil
    ) {
        self.init(
            event: event, actor: nil, interface: nil, lane: lane, retryOf: nil, lostOperations: nil,
            onEnd: nil, createdAt: noon, endedAt: nil, sealed: isSealed,
            typesWithoutWorker: typesWithoutWorker)
    }
}

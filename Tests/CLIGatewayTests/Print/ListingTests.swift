import BatchProgress
import Testing

@testable import CLIGateway

@Suite struct WorkerListingTests {
    private static func worker(_ name: String, lane: String?, types: [String]) -> ActiveWorker {
        ActiveWorker(
            name: name, session: "s", types: types, lane: lane, slots: 4, running: 1, held: 2,
            lastHeardAt: Timestamp(microseconds: 0))
    }

    static let rows: [(ActiveWorker, String)] = [
        (worker("ann/1", lane: nil, types: ["mail", "work"]), "ann/1  1  4  2  all  mail, work"),
        (worker("ann", lane: "k3x", types: ["work"]), "ann  1  4  2  batch k3x  work"),
        // Each is a worker's own word.
        (worker("\u{1B}[2J", lane: "a\u{1B}]0;x\u{7}", types: ["\rx"]), "␛[2J  1  4  2  batch a␛]0;x␇  ␍x"),
    ]

    @Test(arguments: rows) func aLineEach(worker: ActiveWorker, line: String) {
        let words = WorkerListing([worker]).tableLines.last?.split(separator: "  ").map {
            $0.drop { $0 == " " }
        }
        #expect(words?.joined(separator: "  ") == line)
    }
}

@Suite struct BatchListingTests {
    /// Types are what was submitted: nothing in them reaches the terminal as it is.
    @Test func whatItWaitsForIsHarmless() throws {
        #expect(
            try lines(of: .pending, typesWithoutWorker: ["\u{1B}[2J"]).contains(
                "  waiting    no worker takes operations of type ␛[2J"))
    }

    /// With nobody there who goes on with a run, the last pace would be told for ever, and an end that doesn't come.
    /// A batch for all workers may have operations of other types.
    @Test(
        arguments: [
            (nil, nil, true), (nil, ["a"], true), ("k3x", nil, true), ("k3x", ["a"], false),
        ] as [(String?, [String]?, Bool)])
    func thePaceIsToldOfWhatMoves(lane: String?, typesWithoutWorker: [String]?, isTold: Bool) throws {
        let lines = try lines(of: .processing, lane: lane, typesWithoutWorker: typesWithoutWorker)
        #expect(lines.contains("  rate       4/s") == isTold)
        #expect(lines.contains("  time left  2s") == isTold)
    }

    private func lines(
        of status: BatchStatus, lane: String? = nil, typesWithoutWorker: [String]?
    ) throws -> [String] {
        let id = try #require(BatchID("k3x"))
        var event = BatchProgressEvent(
            batchId: id, totalOperations: 10, status: status, revision: 1,
            updatedAt: Timestamp(microseconds: 0))
        event.operationsPerSecond = 4
        event.estimatedSecondsRemaining = 2
        let detail = BatchDetail(
            event: event, actor: nil, interface: nil, lane: lane, retryOf: nil, lostOperations: nil,
            onEnd: nil, createdAt: event.updatedAt, endedAt: nil, sealed: true,
            typesWithoutWorker: typesWithoutWorker)
        return BatchListing([detail], environment: ["LANG": "C.UTF-8"]).fullLines(detail)
    }
}

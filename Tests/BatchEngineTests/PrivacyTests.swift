import BatchEngine
import BatchProgress
import Testing

/// Of a private batch nothing but counts leaves the engine, neither to be told nor to be kept.
@Suite struct PrivacyTests {
    private let rig = Rig()
    private let request = BatchRequest(id: .a, label: "secret", retries: 1, isPrivate: true)

    private func begin() throws {
        let operations = (0..<3).map { BatchOperation(type: "work", data: [1], label: "secret \($0)") }
        try rig.open(request)
        var digest = OperationDigest()
        for operation in operations { digest.add(operation) }
        try rig.add(.a, first: 0, operations, digest: digest)
        guard case .operations(let chunk, _)? = rig.changes.first else {
            Issue.record("a chunk is to be kept")
            return
        }
        #expect(chunk.operations == operations.map { BatchOperation(type: $0.type, data: $0.data) })
        #expect(chunk.digest == digest, "with labels, so that it can be submitted again")
        try rig.seal(.a, total: 3, digest: digest)
    }

    private func fail(_ numbers: [Int], attempt: Int) {
        let output = OperationOutput(bytes: Array("secret".utf8), totalBytes: 6)
        let outcome = OperationOutcome(
            kind: .failed, exitCode: 3, message: "secret", standardOutput: output, standardError: output)
        let report = OperationReport(
            session: .w1, batch: .a, attempt: attempt,
            ended: numbers.map { .init(operation: $0, outcome: outcome) })
        _ = rig.turn { engine, turn in engine.report(report, in: &turn) }
    }

    @Test func onlyCountsLeave() throws {
        try begin()
        rig.ready(.w1, slots: 3, capacity: 3)
        rig.report(
            .w1, .a, started: [0, 1],
            shares: [OperationShare(operation: 0, progress: 0.5, message: "secret")])
        let running = rig.engine.activeOperations(of: .a, limit: 9)
        #expect(running.map(\.operation) == [0, 1] && running.map(\.progress) == [0.5, 0])
        #expect(running.allSatisfy { $0.label == nil && $0.message == nil })
        fail([0, 1], attempt: 1)
        rig.advance(.seconds(2))
        fail([0], attempt: 2)
        rig.report(.w1, .a, completed: [2])
        rig.advance(.seconds(10))
        rig.ready(.w2, slots: 3, capacity: 3)
        rig.report(.w2, .a, attempt: 3, completed: [1])
        #expect(rig.counts(.a) == [2, 1, 0])
        #expect(rig.store.ended(.a).map(\.outcome.exitCode).contains(3), "an exit code is a count")
        #expect(rig.told.last?.event.status == .failed && rig.told.last?.event.progress == 1)
        for event in rig.told.map(\.event) {
            #expect(event.label == nil && event.currentOperation == nil && event.errors == nil)
        }
        #expect(!"\(rig.store) \(rig.told)".contains("secret"))
    }

    @Test func aLostWorkerIsNoSecret() throws {
        try rig.submit(BatchRequest(id: .a, onLost: .fail, isPrivate: true), [("work", 1)])
        rig.ready(.w1)
        rig.advance(rig.configuration.lease)
        #expect(rig.store.ended(.a).map(\.outcome.message) == ["worker lost"])
        #expect(rig.store.ended(.a).map(\.outcome.workerWasLost) == [true])
    }

    @Test func openedAgainItIsTheSame() throws {
        try begin()
        #expect(try rig.open(request).total == 3)
        var other = request
        other.isPrivate = false
        #expect(throws: Refusal.conflictingBatch(.a, what: "label")) { try rig.open(other) }
        other.label = nil
        #expect(throws: Refusal.conflictingBatch(.a, what: "privacy")) { try rig.open(other) }
    }

    @Test func aRetryIsPrivateToo() throws {
        try rig.submit(BatchRequest(id: .a, isPrivate: true), [("work", 1)])
        rig.ready(.w1)
        rig.report(.w1, .a, failed: [0])
        let source = try #require(rig.record(.a))
        try rig.turn { engine, turn in
            _ = try engine.retry(source, as: BatchRetry(id: .b), known: nil, in: &turn)
        }
        #expect(rig.record(.b)?.request.isPrivate == true)
    }
}

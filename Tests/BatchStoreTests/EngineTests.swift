import BatchEngine
import BatchProgress
import BatchStore
import Testing

/// An engine whose turns are committed one by one, as a coordinator does.
private struct Rig {
    var engine: BatchEngine
    let store: BatchStore
    var now = time(100)
    /// What the workers were sent.
    var sent: [(grant: Grant, operations: [BatchOperation])] = []

    init(_ store: BatchStore) throws {
        self.store = store
        engine = try Self.makeEngine(store, at: now)
    }

    private static func makeEngine(_ store: BatchStore, at now: Timestamp) throws -> BatchEngine {
        var configuration = BatchEngine.Configuration()
        configuration.operationsPerCopy = 2
        return BatchEngine(recovering: try store.recover(), configuration: configuration, seed: 1, at: now)
    }

    /// Throws the engine away, and goes on from what is in the store.
    mutating func restart() throws {
        engine = try Self.makeEngine(store, at: now)
        try turn { engine, turn in engine.begin(in: &turn) }
    }

    mutating func turn(_ body: (inout BatchEngine, inout Turn) throws -> Void) throws {
        now = now + .seconds(1)
        var turn = Turn(now: now)
        try body(&engine, &turn)
        try finish(&turn)
    }

    private mutating func finish(_ turn: inout Turn) throws {
        engine.finish(&turn)
        let grants = turn.directives.compactMap { directive in
            if case .grant(let grant) = directive { grant } else { nil }
        }
        let committed = try store.commit(turn.changes, loading: grants)
        sent += zip(grants, committed.operations).map { ($0, $1) }
        for copied in committed.copies {
            try self.turn { engine, turn in
                engine.copied(
                    copied.copy, types: copied.types, digest: copied.digest, isLast: copied.next == nil,
                    in: &turn)
                if let next = copied.next { turn.changes.append(.copyFailed(next)) }
            }
        }
    }

    mutating func submit(_ id: String, _ operations: [BatchOperation], retries: Int = 0) throws {
        try turn { engine, turn in
            _ = try engine.open(BatchRequest(id: batchID(id), retries: retries), known: nil, in: &turn)
            let total = try engine.add(first: 0, operations, digest: nil, to: batchID(id), in: &turn)
            _ = try engine.seal(batchID(id), total: total, digest: nil, known: nil, in: &turn)
        }
    }

    mutating func ready(_ session: String, holding held: [HeldOperations] = [], capacity: Int = 20) throws {
        let introduction = WorkerIntroduction(
            session: sessionID(session), name: session, types: ["work", "other"], slots: 2,
            capacity: capacity)
        try turn { engine, turn in engine.ready(introduction, holding: held, in: &turn) }
    }

    mutating func report(_ report: OperationReport) throws {
        try turn { engine, turn in #expect(engine.report(report, in: &turn) == 0) }
    }

    func sentNumbers(of id: String) -> [Int] {
        sent.filter { $0.grant.batch == batchID(id) }.flatMap(\.grant.operations)
    }
}

@Suite struct EngineTests {
    private static func makeReport(
        _ id: String, completed: [Int] = [], failed: [Int] = [], attempt: Int = 1
    ) -> OperationReport {
        let failure = OperationOutcome(kind: .failed, exitCode: 1, message: "broke")
        return OperationReport(
            session: sessionID("s"), batch: batchID(id), attempt: attempt, completed: completed,
            ended: failed.map { .init(operation: $0, outcome: failure) })
    }

    @Test func `an engine goes on after a restart as if there had been none`() throws {
        try withStore { store in
            var rig = try Rig(store)
            let operations = makeOperations(0..<60) + makeOperations(60..<100, type: "other")
            try rig.submit("b", operations, retries: 1)
            try rig.ready("s")
            let first = rig.sentNumbers(of: "b")
            #expect(first.count == 20)
            #expect(rig.sent.flatMap(\.operations) == first.map { operations[$0] })
            try rig.report(
                Self.makeReport("b", completed: Array(first[2..<8]), failed: Array(first[8..<11])))
            let before = try #require(rig.engine.record(of: batchID("b")))
            #expect(before.completed == 6 && before.retried == 3)

            try rig.restart()
            var after = try #require(rig.engine.record(of: batchID("b")))
            // It is told anew, with a later revision.
            #expect(after.revision > before.revision)
            (after.revision, after.updatedAt) = (before.revision, before.updatedAt)
            #expect(after == before)

            // The worker comes again, with all it holds: it is given what is left, nothing twice but for
            // what failed once.
            let handed = rig.sentNumbers(of: "b")
            let held = Set(handed).subtracting(first[2..<11])
            try rig.ready(
                "s", holding: [.init(batch: batchID("b"), attempt: 1, operations: held.sorted())],
                capacity: 1_000)
            for _ in 0..<20 { try rig.turn { engine, turn in engine.tick(in: &turn) } }
            let retried = rig.sent.filter { $0.grant.attempt == 2 }.flatMap(\.grant.operations)
            #expect(retried.sorted() == Array(first[8..<11]))
            #expect(
                rig.sent.filter { $0.grant.attempt == 1 }.flatMap(\.grant.operations).sorted()
                    == Array(0..<100))
        }
    }

    @Test func `a batch that ended is known, and a retry of it is completed over a restart`() throws {
        try withStore { store in
            var rig = try Rig(store)
            let operations = makeOperations(0..<20)
            try rig.submit("b", operations)
            try rig.ready("s")
            try rig.report(Self.makeReport("b", completed: Array(0..<15), failed: Array(15..<20)))
            #expect(rig.engine.isEmpty)
            guard case .kept(let source) = try store.known("b") else {
                Issue.record("the batch is not kept")
                return
            }
            #expect(source.status == .failed && source.completed == 15 && source.failed == 5)
            #expect(try store.failures("b").map(\.operation) == Array(15..<20))

            // Cut off after the first step of copying: the engine never learns of it.
            var turn = Turn(now: rig.now)
            _ = try rig.engine.retry(source, as: BatchRetry(id: batchID("r")), known: nil, in: &turn)
            rig.engine.finish(&turn)
            _ = try store.commit(turn.changes, loading: [])

            try rig.restart()
            let unfinished = try store.ask { try $0.unfinishedRetries(limit: 2) }
            #expect(unfinished.map(\.first) == [2])
            try rig.turn { _, turn in turn.changes += unfinished.map { .copyFailed($0) } }
            let retry = try #require(rig.engine.record(of: batchID("r")))
            #expect(retry.sealed && retry.total == 5)
            #expect(retry.digest == makeChunk(Array(operations[15...])).digest)

            try rig.ready("s")
            let sent = rig.sent.filter { $0.grant.batch == batchID("r") }.flatMap(\.operations)
            #expect(sent == Array(operations[15...]))
            try rig.report(Self.makeReport("r", completed: Array(0..<5)))
            guard case .kept(let ended) = try store.known("r") else {
                Issue.record("the retry is not kept")
                return
            }
            #expect(ended.status == .completed && ended.retryOf == batchID("b"))
            #expect(try store.recover().batches.isEmpty)
            #expect(try store.recover().grants.isEmpty)
        }
    }
}

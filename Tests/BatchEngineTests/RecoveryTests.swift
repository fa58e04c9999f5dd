import BatchProgress
import Testing

@testable import BatchEngine

@Suite struct RecoveryTests {
    /// Commands at random: an engine recovered from what is durable holds what the first one held, and
    /// goes on like it to the end.
    @Test(arguments: 0..<30)
    func equalsWhatWas(seed: Int) throws {
        var random = SplitMix64(state: UInt64(seed))
        let rig = Rig(seed: UInt64(seed)) { $0.operationsPerGrant = 3 }
        for step in 0..<150 {
            try rig.doSomething(using: &random)
            let (before, after) = (Essence(rig.engine), Essence(rig.recovered()))
            guard before == after else {
                Issue.record("after step \(step): \(before.difference(from: after))")
                return
            }
            if Int.random(in: 0..<20, using: &random) == 0 { rig.restart() }
        }
        rig.runToTheEnd()
        #expect(Essence(rig.engine).batches.isEmpty, "\(Essence(rig.engine))")
        for name in ["a", "b", "c"] {
            guard let record = rig.store.record(of: BatchID(literal: name)) else { continue }
            #expect(record.isEnded && record.finished == record.total)
        }
    }
}

/// What of an engine has to survive, as far as it decides what happens next.
private struct Essence: Equatable {
    struct Operation: Equatable {
        var holder: SessionID?
        var grants: [GrantID]
        var history: OperationHistory
    }

    struct Batch: Equatable {
        var counts: [Int]
        var flags: [Bool]
        var digest: OperationDigest
        var waiting: [String: Set<Int>]
        var withdrawn: [String: Int]
        var open: [Int: Operation]
        var queuedTypes: Set<String>
    }

    var batches: [BatchID: Batch]
    var grants: [GrantID: Int]
    var held: [SessionID: [BatchID: Set<Int>]]

    init(_ engine: BatchEngine) {
        batches = engine.batches.mapValues { Batch($0) }
        grants = engine.grants.mapValues(\.remaining)
        held = engine.workers.mapValues(\.held).filter { !$0.value.isEmpty }
    }
}

extension Essence {
    func difference(from other: Essence) -> String {
        var lines = ["grants \(grants)/\(other.grants)", "held \(held)/\(other.held)"]
        for (id, batch) in batches where batch != other.batches[id] {
            lines += ["\(id): \(batch)", "\(other.batches[id].map { "\($0)" } ?? "nothing")"]
        }
        return lines.joined(separator: "\n")
    }
}

extension Essence.Batch {
    init(_ batch: ActiveBatch) {
        let record = batch.record
        counts = [record.total, record.completed, record.failed, record.cancelled, record.retried]
        flags = [record.sealed, record.paused, record.cancelling]
        digest = record.digest
        // A type's index may be another one.
        func byType<Value>(_ values: [Value]) -> [String: Value] {
            Dictionary(uniqueKeysWithValues: zip(batch.types, values))
        }
        waiting = byType(batch.waiting).mapValues { numbers in
            Set((0..<record.total).filter(numbers.contains))
        }
        withdrawn = byType(batch.withdrawn)
        open = batch.open.mapValues {
            Essence.Operation(holder: $0.holder, grants: $0.grants, history: $0.history)
        }
        // A batch stays in a queue until its turn comes, though nothing of it waits any more.
        let queued = batch.queuedTypes.filter { batch.isGrantable && !batch.waiting[$0].isEmpty }
        queuedTypes = Set(queued.map { batch.types[$0] })
    }
}

extension Rig {
    fileprivate func doSomething(using random: inout SplitMix64) throws {
        let id = BatchID(literal: ["a", "b", "c"].randomElement(using: &random) ?? "a")
        let session = SessionID(literal: "w\(Int.random(in: 1...3, using: &random))")
        switch Int.random(in: 0..<20, using: &random) {
        case 0: _ = try? open(BatchRequest(id: id, retries: 2))
        case 1...3: addSome(to: id, using: &random)
        case 4: _ = try? seal(id, total: record(id)?.total ?? 0)
        case 5...7:
            ready(
                session, types: ["work", "mail"], slots: 2, capacity: Int.random(in: 0...9, using: &random),
                holding: Bool.random(using: &random) ? holding(session) : [])
        case 8...13: reportSome(from: session, using: &random)
        case 14: release(session, id, (engine.workers[session]?.held[id] ?? []).sorted().suffix(2))
        case 15: goodbye(session)
        case 16 where Int.random(in: 0..<4, using: &random) == 0: try? cancel(id)
        case 16: try? pause(id)
        case 17: try? resume(id)
        case 18: heard(session, capacity: Int.random(in: 0...9, using: &random))
        default: advance(.milliseconds(Int.random(in: 1...4000, using: &random)))
        }
    }

    private func addSome(to id: BatchID, using random: inout SplitMix64) {
        let types = (0..<Int.random(in: 1...12, using: &random)).map { _ in
            ["work", "mail"].randomElement(using: &random) ?? "work"
        }
        _ = try? add(id, first: record(id)?.total ?? 0, types.map { BatchOperation(type: $0) })
    }

    private func holding(_ session: SessionID) -> [HeldOperations] {
        (engine.workers[session]?.held ?? [:]).flatMap { id, operations in
            operations.compactMap { number in
                engine.batches[id]?.open[number].map {
                    HeldOperations(batch: id, attempt: $0.attempt, operations: [number])
                }
            }
        }
    }

    private func reportSome(from session: SessionID, using random: inout SplitMix64) {
        for held in holding(session).sorted(by: { $0.operations[0] < $1.operations[0] }) {
            switch Int.random(in: 0..<8, using: &random) {
            case 0...2: report(session, held.batch, attempt: held.attempt, completed: held.operations)
            case 3: report(session, held.batch, attempt: held.attempt, failed: held.operations)
            case 4: report(session, held.batch, attempt: held.attempt, started: held.operations)
            case 5: report(session, held.batch, attempt: held.attempt - 1, completed: held.operations)
            case 6: report(session, held.batch, attempt: held.attempt, cancelled: held.operations)
            default: break
            }
        }
    }

    fileprivate func runToTheEnd() {
        for name in ["a", "b", "c"] {
            let id = BatchID(literal: name)
            if record(id)?.total == 0 { try? cancel(id) }
            try? resume(id)
            _ = try? seal(id, total: record(id)?.total ?? 0)
        }
        let session = SessionID(literal: "last")
        for _ in 0..<100 where engine.batchCount > 0 {
            ready(session, types: ["work", "mail"], slots: 9, capacity: 99, holding: holding(session))
            for held in holding(session) {
                report(session, held.batch, attempt: held.attempt, completed: held.operations)
            }
            advance(.seconds(3))
        }
    }
}

import BatchEngine
import BatchProgress
import Foundation
import Glibc
import Testing

/// One after the other: memory is measured.
@Suite(.serialized) struct SizeTests {
    #if DEBUG
        private static let count = 100_000
    #else
        private static let count = 1_000_000
    #endif

    /// From submission to the end, on two workers that hold a thousand each.
    @Test func aMillionOperations() throws {
        let rig = Rig()
        let clock = ContinuousClock()
        let before = residentKilobytes()
        let began = clock.now
        try rig.open(BatchRequest(id: .a))
        rig.turn { engine, turn in
            engine.copied(
                RetryCopy(from: .b, to: .a, after: nil, limit: .max, first: 0), types: [("work", Self.count)],
                digest: OperationDigest(), isLast: true, in: &turn)
        }
        let waiting = residentKilobytes() - before
        var grants: [Grant] = []
        for session in [SessionID.w1, .w2] {
            rig.ready(session, slots: 8, capacity: 1000)
            grants += rig.grants
        }
        while let grant = grants.popLast() {
            rig.report(grant.session, .a, completed: grant.operations)
            grants += rig.grants
        }
        print("\(Self.count) operations: \(clock.now - began), \(waiting) kB while they wait")
        #expect(rig.counts(.a) == [Self.count, 0, 0] && rig.engine.isEmpty)
        #expect(waiting < Self.count / 100, "kilobytes: it is a bit for each, and some room for growth")
    }

    /// After a kill with many grants under way; where all that is open was copied for each, it took minutes.
    @Test func manyGrantsAreRecoveredInSeconds() {
        let (grants, each) = (4000, 15)
        var record = BatchRecord(request: BatchRequest(id: .a), createdAt: Timestamp(microseconds: 0))
        record.sealed = true
        let recovery = Recovery(
            batches: [Recovery.Batch(record: record, types: [("work", grants * each)])],
            grants: (0..<grants).map { number in
                Grant(
                    id: Int64(number), session: .w1, batch: .a, type: "work", attempt: 1,
                    operations: Array(number * each..<(number + 1) * each))
            })
        let began = processorSeconds()
        let engine = BatchEngine(recovering: recovery, seed: 1, at: Timestamp(microseconds: 0))
        #expect(processorSeconds() - began < 10)
        #expect(engine.state(of: grants * each - 1, of: .a) == "granted")
    }
}

/// Of this thread alone: what else the machine does counts for nothing.
private func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

private func residentKilobytes() -> Int {
    let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
    return (pages?.dropFirst().first.flatMap { Int($0) } ?? 0) * 4
}

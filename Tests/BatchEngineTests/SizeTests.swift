import BatchEngine
import BatchProgress
import Foundation
import Testing

@Suite struct SizeTests {
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
}

private func residentKilobytes() -> Int {
    let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
    return (pages?.dropFirst().first.flatMap { Int($0) } ?? 0) * 4
}

import BatchClient
import ProcessTesting
import Testing

/// A batch of which each worker's slots are full when the link to one of them is cut.
struct Scene {
    static let quick = 20
    /// More than a worker takes in advance when many of them end at once: each has work left at the end.
    static let total = 200

    let site: Site
    let trace: Trace

    /// What becomes of those that the cut worker ran when its lease was over; each by its run there.
    struct Fates {
        /// Ended elsewhere, and later here.
        var endedElsewhere: Trace.Start
        /// Ended here while the link was cut, and runs elsewhere.
        var endedHere: Trace.Start
        /// Runs here, and elsewhere.
        var runsElsewhere: Trace.Start
        /// Runs here, and waits for whoever has room.
        var runsHereAgain: Trace.Start

        var lost: [Int] {
            [endedElsewhere, endedHere, runsElsewhere, runsHereAgain].map(\.operation)
        }
    }

    static func lines() throws -> [String] {
        try (0..<total).map { try $0 < quick ? Line.quick() : Line.gated() }
    }

    /// Returns when all that had ended is acknowledged, and the coordinator knows of all that runs.
    func begin() async throws {
        try await eventually("all slots are taken") {
            guard try await completed == Self.quick else { return false }
            guard try await site.isFull(site.near), try await site.isFull(site.far) else { return false }
            return try await site.unacknowledged(by: site.far) == 0
        }
        #expect(trace.running(in: site.far.process).count == 5)
    }

    /// First one way, so that a report gets through whose acknowledgement doesn't; neither does the grant that
    /// follows.
    ///
    /// - Returns: what the worker holds and runs.
    func cut() async throws -> [Trace.Start] {
        let first = try #require(trace.running(in: site.far.process).first)
        try await site.far.machine.cut(.received)
        try trace.open(first)
        try await eventually("its end is counted, and another granted") {
            guard let known = try await site.known(site.far) else { return false }
            return try await completed == Self.quick + 1 && known.held > known.running
        }
        try await site.far.machine.cut(.sent)
        #expect(try await site.unacknowledged(by: site.far) > 0)
        return trace.running(in: site.far.process)
    }

    /// All but one of the lost run elsewhere.
    func goOnWithout(_ lost: [Trace.Start]) async throws -> Fates {
        var rest = lost
        func take(_ again: Trace.Start) throws -> Trace.Start {
            rest.remove(at: try #require(rest.firstIndex { $0.operation == again.operation }))
        }
        let done = try await runElsewhere(2, of: rest)[0]
        try trace.open(done)
        let endedElsewhere = try take(done)
        let both = try await runElsewhere(2, of: rest)
        let fates = Fates(
            endedElsewhere: endedElsewhere, endedHere: try take(both[0]), runsElsewhere: try take(both[1]),
            runsHereAgain: try #require(rest.first))
        #expect(rest.count == 1)
        for start in [fates.endedElsewhere, fates.endedHere] { try trace.open(start) }
        return fates
    }

    /// Returns when the other worker runs so many of these. It has three slots: one keeps what it has, the others are
    /// made free until they have these.
    private func runElsewhere(_ count: Int, of lost: [Trace.Start]) async throws -> [Trace.Start] {
        let numbers = Set(lost.map(\.operation))
        return try await eventuallyValue("they run elsewhere", within: .seconds(60)) {
            let running = trace.running(in: site.near.process)
            let again = running.filter { numbers.contains($0.operation) }
            if again.count == count { return again }
            for start in running.filter({ !numbers.contains($0.operation) }).dropFirst() {
                try trace.open(start)
            }
            return nil
        }
    }

    /// The coordinator has counted all that ended, but what ended only where nobody heard of it.
    func stillStands(_ fates: Fates) async throws {
        #expect(trace.hasEnded(fates.endedElsewhere) && trace.hasEnded(fates.endedHere))
        #expect(try await completed == trace.ended.count - 1)
        #expect(try await site.known(site.far) == nil)
        #expect(try await site.isFull(site.near))
        #expect(try await site.unacknowledged(by: site.far) > 0)
        #expect(site.far.process.errorText.contains("lost the coordinator"))
    }

    /// Returns when all is as if there had been no cut: the worker is the same process, and has work.
    func settle(_ fates: Fates) async throws {
        try await eventually("the worker is found") { try await site.known(site.far) != nil }
        // A success counts from any attempt, as long as the operation is open.
        try await eventually("what it had to say is counted") {
            guard try await completed == trace.ended.count else { return false }
            return try await site.unacknowledged(by: site.far) == 0
        }
        try await eventually(
            "what isn't its own any more is stopped, and what has ended here is stopped there"
        ) {
            let elsewhere = trace.running(in: site.near.process).filter {
                $0.operation == fates.endedHere.operation
            }
            return ([fates.runsElsewhere, fates.runsHereAgain] + elsewhere).allSatisfy { start in
                home.living("TALLY_OPERATION=\(start.operation)", "TALLY_ATTEMPT=\(start.attempt)").isEmpty
            }
        }
        try await eventually("it works again") {
            trace.running(in: site.far.process).contains {
                !fates.lost.contains($0.operation) || $0.attempt > fates.runsHereAgain.attempt
            }
        }
        // In a later attempt: of all that the worker said while it wasn't heard, nothing ended that one. Either may have
        // it, since a success that came late made a slot free at the other worker; and it may have been granted and given
        // back between, while what held that slot was being stopped.
        let again = fates.runsHereAgain
        try await eventually("this one is run anew") {
            let running = trace.running(in: site.far.process) + trace.running(in: site.near.process)
            if running.contains(where: { $0.operation == again.operation && $0.attempt > again.attempt }) {
                return true
            }
            for start in running where !fates.lost.contains(start.operation) { try trace.open(start) }
            return false
        }
        #expect(site.far.process.isRunning)
    }

    private var home: Home { site.home }

    private var completed: Int {
        get async throws { try await site.event(of: "work").completedOperations }
    }
}

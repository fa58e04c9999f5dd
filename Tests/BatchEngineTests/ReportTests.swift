import BatchEngine
import BatchProgress
import Testing

@Suite struct ReportTests {
    /// Where operation 0 is when the report comes.
    enum Standing: CaseIterable {
        case neverGranted
        /// By w1, in attempt 1.
        case held
        /// w1 gave it back; nobody has it.
        case withdrawn
        /// w1 gave it back, and w2 has it in attempt 2.
        case heldByAnother
        case ended
    }

    enum Effect {
        case completed, failed
        /// And w2, which has it by now, is told to stop.
        case completedForAll
        /// It goes to somebody again.
        case grantedAgain
        case none
        case refused
    }

    static let reports: [(Standing, SessionID, attempt: Int, OperationOutcome.Kind, Effect)] = [
        (.neverGranted, .w1, 1, .completed, .refused),
        (.neverGranted, .w1, 1, .failed, .refused),
        (.neverGranted, .w1, 1, .cancelled, .refused),
        (.held, .w1, 1, .completed, .completed),
        (.held, .w1, 1, .failed, .failed),
        (.held, .w1, 1, .cancelled, .grantedAgain),
        (.held, .w1, 0, .completed, .refused),
        (.held, .w1, -1, .failed, .refused),
        (.held, .w1, .min, .completed, .refused),
        (.held, .w1, 2, .completed, .refused),
        (.held, .w1, .max, .failed, .refused),
        (.held, .w2, 1, .completed, .refused),
        (.held, .w2, 1, .failed, .refused),
        (.withdrawn, .w1, 1, .completed, .completed),
        (.withdrawn, .w1, 1, .failed, .none),
        (.withdrawn, .w1, 1, .cancelled, .none),
        (.withdrawn, .w1, 2, .completed, .refused),
        (.withdrawn, .w2, 1, .completed, .refused),
        (.heldByAnother, .w1, 1, .completed, .completedForAll),
        (.heldByAnother, .w1, 1, .failed, .none),
        (.heldByAnother, .w1, 1, .cancelled, .none),
        (.heldByAnother, .w1, 2, .completed, .refused),
        (.heldByAnother, .w2, 1, .completed, .refused),
        (.heldByAnother, .w2, 2, .completed, .completed),
        (.heldByAnother, .w2, 2, .failed, .failed),
        (.heldByAnother, .w2, 3, .failed, .refused),
        (.ended, .w1, 1, .completed, .none),
        (.ended, .w1, 1, .failed, .none),
        (.ended, .w2, 7, .cancelled, .none),
    ]

    @Test(arguments: reports, [false, true])
    func hasThisEffect(
        row: (standing: Standing, SessionID, attempt: Int, OperationOutcome.Kind, Effect), withMessage: Bool
    ) throws {
        let (standing, session, attempt, kind, effect) = row
        let rig = try Rig(standing)
        let before = rig.counts(.a)
        let refused = rig.report(
            session, .a, attempt: attempt, completed: kind == .completed && !withMessage ? [0] : [],
            completedWithMessage: kind == .completed && withMessage ? [0] : [],
            failed: kind == .failed ? [0] : [], cancelled: kind == .cancelled ? [0] : [])
        let counted = zip(rig.counts(.a), before).map { $0 - $1 }
        let isCompleted = effect == .completed || effect == .completedForAll
        #expect(counted == [isCompleted ? 1 : 0, effect == .failed ? 1 : 0, 0])
        #expect(rig.stops == (effect == .completedForAll ? [.w2: [0]] : [:]))
        #expect(rig.stoppedAttempts == (effect == .completedForAll ? [2] : []))
        #expect(refused == (effect == .refused ? 1 : 0))
        #expect(rig.grants.map(\.attempt) == (effect == .grantedAgain ? [2] : []))
        // Again, it changes nothing.
        let after = rig.counts(.a)
        rig.report(
            session, .a, attempt: attempt, completed: kind == .completed && !withMessage ? [0] : [],
            completedWithMessage: kind == .completed && withMessage ? [0] : [],
            failed: kind == .failed ? [0] : [], cancelled: kind == .cancelled ? [0] : [])
        #expect(rig.counts(.a) == after)
    }

    @Test(arguments: [-1, 2, 64, Int.max, Int.min])
    func ofAnOperationThatIsNotIsRefused(number: Int) throws {
        let rig = try Rig(.held)
        #expect(rig.report(.w1, .a, started: [number], completed: [number], failed: [number]) == 2)
        #expect(rig.counts(.a) == [0, 0, 0])
        #expect(rig.engine.state(of: number, of: .a) == nil)
        rig.release(.w1, .a, [number])
        rig.ready(.w1, holding: [HeldOperations(batch: .a, attempt: 1, operations: [number])])
        #expect(rig.stops == [.w1: [number]])
    }

    @Test func ofABatchThatIsNotChangesNothing() throws {
        let rig = try Rig(.held)
        #expect(rig.report(.w1, .b, completed: [0]) == 0)
        #expect(rig.changes.isEmpty)
    }

    /// A worker that counts wrongly may name one twice, in one list or in several.
    @Test func thatNamesAnOperationTwiceCountsItOnce() throws {
        let rig = try Rig(.held)
        rig.report(.w1, .a, started: [0, 0], completed: [0, 0], failed: [0, 0], cancelled: [0])
        #expect(rig.counts(.a) == [1, 0, 0])
        let other = try Rig(.held)
        other.report(.w1, .a, failed: [0, 0])
        #expect(other.counts(.a) == [0, 1, 0])
    }

    @Test func neighboursAreKeptAsOneRun() throws {
        let rig = Rig()
        try rig.submit(.a, 10)
        rig.ready(.w1, capacity: 10)
        rig.report(.w1, .a, completed: [7, 1, 0, 2, 5, 8])
        #expect(rig.store.ended(.a).map(\.operations) == [0..<3, 5..<6, 7..<9])
        #expect(rig.store.ended(.a).allSatisfy { $0.worker == "name of w1" && $0.attempt == 1 })
    }

    @Test func grantsAreForgottenWhenAllOfThemEnded() throws {
        let rig = Rig()
        try rig.submit(.a, 4)
        rig.ready(.w1, slots: 2, capacity: 2)
        rig.report(.w1, .a, completed: [0])
        #expect(rig.store.grants.values.map(\.operations).sorted { $0[0] < $1[0] } == [[0, 1], [2]])
        rig.report(.w1, .a, completed: [1])
        #expect(rig.store.grants.values.map(\.operations).sorted { $0[0] < $1[0] } == [[2], [3]])
        rig.report(.w1, .a, completed: [2, 3])
        #expect(rig.store.grants.isEmpty && rig.engine.isEmpty)
    }

    @Test func startsAndSharesCountFromWhoHoldsIt() throws {
        let rig = try Rig(.heldByAnother)
        rig.report(.w1, .a, attempt: 1, started: [0], shares: [OperationShare(operation: 0, progress: 0.9)])
        #expect(rig.engine.state(of: 0, of: .a) == "granted")
        rig.report(
            .w2, .a, attempt: 2, shares: [OperationShare(operation: 0, progress: 0.5, message: "half")])
        let running = try #require(rig.engine.activeOperations(of: .a, limit: 10).first)
        #expect(running.worker == "name of w2" && running.attempt == 2 && running.progress == 0.5)
        #expect(running.message == "half")
        rig.advance(.seconds(1))
        #expect(rig.lastEvent(.a)?.progress == 0.25)
    }

    @Test(arguments: [(-1.0, 0.0), (0.3, 0.3), (7, 1), (.infinity, 1), (-.infinity, 0)])
    func sharesAreCutToOne(told: Double, kept: Double) throws {
        let rig = try Rig(.held)
        rig.report(.w1, .a, shares: [OperationShare(operation: 0, progress: told)])
        #expect(rig.engine.activeOperations(of: nil, limit: 1).first?.progress == kept)
    }
}

extension Rig {
    /// A batch of two operations; nobody takes the second.
    fileprivate convenience init(_ standing: ReportTests.Standing) throws {
        self.init()
        try submit(BatchRequest(id: .a), [("work", 1), ("other", 1)])
        guard standing != .neverGranted else { return }
        ready(.w1)
        switch standing {
        case .neverGranted, .held: break
        case .ended: report(.w1, .a, completed: [0])
        case .withdrawn, .heldByAnother:
            heard(.w1, capacity: 0)
            release(.w1, .a, [0])
            if standing == .heldByAnother { ready(.w2) }
        }
    }
}

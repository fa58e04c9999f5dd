import BatchProgress
import MatrixRoom
import Testing

@Suite struct ScheduleTests {
    private static let room = "!r:h"
    private static let key = MessageKey(room: room, batch: BatchID(known: "k3x9"))
    private var schedule: MessageSchedule

    init() {
        schedule = Self.make()
    }

    private static func make(perSecond: Double = 0.2, burst: Int = 10) -> MessageSchedule {
        MessageSchedule(
            MessageSchedule.Settings(),
            bucket: TokenBucket(perSecond: perSecond, burst: burst, at: .at(0)), rooms: [room])
    }

    private mutating func follow(
        _ event: BatchProgressEvent, asker: MatrixUserID? = nil, kept: KeptMessage? = nil, at seconds: Double
    ) {
        schedule.follow(event, in: Self.room, asker: asker, kept: kept, at: .at(seconds))
    }

    private mutating func sending(at seconds: Double) throws -> Sending {
        let step = schedule.next(at: .at(seconds))
        guard case .send(let sending) = step else {
            throw Unexpected(description: "\(step) at \(seconds)")
        }
        return sending
    }

    /// Sends what is due, and has it accepted.
    @discardableResult
    private mutating func deliver(at seconds: Double) throws -> Sending {
        let sending = try sending(at: seconds)
        _ = schedule.finish(.accepted(eventID: "$\(sending.transaction)"), at: .at(seconds))
        return sending
    }

    private struct Unexpected: Error, CustomStringConvertible {
        var description: String
    }

    @Test func `a batch appears after three seconds`() throws {
        var test = self
        test.follow(event(startedAt: nil), at: 0)
        #expect(test.schedule.next(at: .at(0)) == .wait(until: .at(3)))
        #expect(try test.deliver(at: 3).purpose == "original")
        #expect(test.schedule.next(at: .at(60)) == .wait(until: nil))
    }

    @Test(arguments: [
        (event("k3x9", .completed, done: 100, at: 2), false),
        (event("k3x9", .cancelled, done: 10, cancelled: 90, at: 2), false),
        (event("k3x9", .failed, done: 99, failed: 1, at: 2), true),
        (event("k3x9", .completed, done: 100, at: 3), true),
    ])
    func `one that ends sooner appears only if it failed`(event: BatchProgressEvent, appears: Bool) throws {
        var test = self
        test.follow(event, at: 0)
        if appears { try test.deliver(at: 0) }
        #expect(test.schedule.next(at: .at(0)) == .wait(until: nil))
        #expect(test.schedule.count == 0)
    }

    @Test func `an edit only for what can be seen`() throws {
        var test = self
        test.follow(event(done: 10, revision: 1), at: 0)
        try test.deliver(at: 0)
        test.schedule.take(event(done: 10, at: 12, revision: 2), at: .at(12))
        #expect(test.schedule.next(at: .at(12)) == .wait(until: nil))
        test.schedule.take(event(done: 11, at: 13, revision: 3), at: .at(13))
        #expect(try test.deliver(at: 13).purpose == "edit.3")
    }

    @Test func `only the newest state waits`() throws {
        var test = self
        test.follow(event(done: 1, revision: 1), at: 0)
        try test.deliver(at: 0)
        for done in 2...50 {
            test.schedule.take(event(done: done, revision: Int64(done)), at: .at(0.1))
        }
        #expect(try test.deliver(at: 5).purpose == "edit.50")
        #expect(test.schedule.next(at: .at(5)) == .wait(until: nil))
    }

    @Test func `an end goes before progress that waits longer, and a mention behind other ends`() throws {
        var test = self
        for id in ["a", "b", "c"] {
            test.follow(event(id, at: 70), asker: .alice, at: 0)
            try test.deliver(at: 0)
        }
        test.schedule.take(event("a", done: 1, at: 80, revision: 4), at: .at(1))
        test.schedule.take(event("b", .completed, done: 100, at: 81, revision: 5), at: .at(30))
        test.schedule.take(event("c", .completed, done: 100, at: 82, revision: 6), at: .at(31))
        #expect(try test.deliver(at: 31).transaction.contains(".b.edit"))
        #expect(try test.deliver(at: 31).transaction.contains(".c.edit"))
        #expect(try test.deliver(at: 31).transaction.contains(".b.mention"))
        #expect(try test.deliver(at: 31).transaction.contains(".c.mention"))
    }

    @Test(arguments: [(59.0, false), (60.0, true)])
    func `whoever asked is told of what lasted a minute`(lasted: Double, isTold: Bool) throws {
        var test = self
        test.follow(event("k3x9", .completed, done: 100, at: lasted), asker: .alice, at: 0)
        try test.deliver(at: 0)
        if isTold {
            let mention = try test.deliver(at: 0)
            guard case .mention(let users, _, under: let original) = mention.content else {
                throw Unexpected(description: mention.purpose)
            }
            #expect(users == [.alice])
            #expect(original.hasSuffix("original"))
        }
        #expect(test.schedule.count == 0)
    }

    @Test func `whoever watches is told however short it was`() throws {
        var test = self
        test.follow(event(), at: 0)
        let change = test.schedule.watch(Self.key, by: .bob)
        #expect(change?.kept.watchers == ["@bob:example.org"])
        try test.deliver(at: 0)
        test.schedule.take(event("k3x9", .completed, done: 100, at: 11, revision: 2), at: .at(1))
        #expect(try test.deliver(at: 1).purpose == "edit.2")
        #expect(try test.deliver(at: 1).purpose == "mention")
    }

    @Test func `after a refusal nothing before its time, then the newest state`() throws {
        var test = self
        test.follow(event(done: 1), at: 0)
        try test.deliver(at: 0)
        test.schedule.take(event(done: 2, revision: 2), at: .at(1))
        #expect(try test.sending(at: 1).purpose == "edit.2")
        let change = test.schedule.finish(.limited(retryAfter: .seconds(7)), at: .at(1))
        #expect(change?.kept.edits == 0)
        test.schedule.take(event(done: 3, revision: 3), at: .at(2))
        guard case .wait(until: let moment?) = test.schedule.next(at: .at(2)) else {
            throw Unexpected(description: "no wait")
        }
        #expect(moment >= .at(8))
        #expect(try test.deliver(at: 60).purpose == "edit.3")
    }

    @Test func `after a lost answer the same again, and only then what is newer`() throws {
        var test = self
        test.follow(event(done: 1), at: 0)
        try test.deliver(at: 0)
        test.schedule.take(event(done: 2, revision: 2), at: .at(1))
        let first = try test.sending(at: 1)
        _ = test.schedule.finish(.lost(wait: .seconds(4)), at: .at(1))
        test.schedule.take(event(done: 3, revision: 3), at: .at(2))
        #expect(test.schedule.next(at: .at(2)) == .wait(until: .at(5)))
        #expect(try test.sending(at: 20) == first)
        // It may have come the first time, so a refusal of the second says nothing.
        _ = test.schedule.finish(.limited(retryAfter: .seconds(1)), at: .at(20))
        #expect(try test.deliver(at: 90) == first)
        #expect(try test.deliver(at: 91 + 90).purpose == "edit.3")
    }

    @Test func `a homeserver that is heard from again isn't left alone any longer`() throws {
        var test = self
        test.follow(event(), at: 0)
        let first = try test.sending(at: 0)
        _ = test.schedule.finish(.lost(wait: .seconds(30)), at: .at(0))
        #expect(test.schedule.next(at: .at(1)) == .wait(until: .at(30)))
        test.schedule.endSilence()
        #expect(try test.sending(at: 1) == first)
    }

    @Test func `the longer a homeserver is away the less often it is asked`() {
        var random = SeededGenerator(seed: 1)
        var backoff = Backoff()
        let waits = (0..<20).map { _ in backoff.next(using: &random).inSeconds }
        #expect(0.5...1 ~= waits[0] && 4...8 ~= waits[3])
        #expect(waits.dropFirst(5).allSatisfy { 15...30 ~= $0 })
        backoff.reset()
        #expect(0.5...1 ~= backoff.next(using: &random).inSeconds)
    }

    @Test func `after a kill the same transaction, and then what is there`() throws {
        var test = self
        var kept = KeptMessage()
        kept.original = "$1"
        kept.edits = 5
        kept.unanswered = "tally.x.k3x9.edit.9"
        test.follow(event("k3x9", .completed, done: 100, revision: 12), kept: kept, at: 0)
        #expect(try test.deliver(at: 0).transaction == "tally.x.k3x9.edit.9")
        let last = try test.deliver(at: 0)
        #expect(last.purpose == "edit.12")
        #expect(test.schedule.count == 0)
    }

    @Test func `after a kill before the original's answer, what it says isn't trusted`() throws {
        var test = self
        var kept = KeptMessage()
        kept.unanswered = "tally.x.k3x9.original"
        test.follow(event("k3x9", .completed, done: 100, at: 2, revision: 12), kept: kept, at: 0)
        #expect(try test.deliver(at: 0).purpose == "original")
        #expect(try test.deliver(at: 0).purpose == "edit.12")
        #expect(test.schedule.count == 0)
    }

    @Test func `progress leaves a part of the burst to ends`() throws {
        var test = self
        for number in 0..<12 { test.follow(event("b\(number)"), at: 0) }
        // Of ten the last is never used, and three are kept back.
        for _ in 0..<6 { try test.deliver(at: 0) }
        guard case .wait = test.schedule.next(at: .at(0)) else {
            throw Unexpected(description: "nothing is kept back")
        }
        for number in 0..<3 {
            let end = event("b\(number)", .completed, done: 100, at: 11, revision: 2)
            test.schedule.take(end, at: .at(0))
            #expect(try test.deliver(at: 0).purpose == "edit.2")
        }
    }

    @Test func `what was finished or redacted is left alone`() throws {
        var test = self
        var finished = KeptMessage()
        finished.isFinished = true
        test.follow(event("k3x9", .failed, failed: 100), kept: finished, at: 0)
        #expect(test.schedule.count == 0)
        test.follow(event(), at: 0)
        let original = try test.deliver(at: 0)
        let change = test.schedule.redact("$\(original.transaction)", in: Self.room)
        #expect(change?.kept.isLeftAlone == true)
        #expect(test.schedule.count == 0)
    }

    @Test func `a room that was left gets nothing until it is open again`() throws {
        var test = self
        test.follow(event(done: 1), at: 0)
        _ = try test.sending(at: 0)
        _ = test.schedule.finish(.roomClosed, at: .at(0))
        test.schedule.take(event(done: 5, revision: 2), at: .at(1))
        #expect(test.schedule.next(at: .at(100)) == .wait(until: nil))
        test.schedule.open(Self.room)
        let original = try test.deliver(at: 100)
        guard case .original(_, let event) = original.content else {
            throw Unexpected(description: original.purpose)
        }
        #expect(event.revision == 2)
    }

    @Test func `a message is edited 150 times at most, the last time at the end`() throws {
        var test = self
        test.schedule = Self.make(perSecond: 1000, burst: 1000)
        test.follow(event(of: 1_000_000), at: 0)
        try test.deliver(at: 0)
        var edits: [Double] = []
        for second in stride(from: 20, through: 200_000, by: 20) {
            let now = Double(second)
            test.schedule.take(
                event(done: second, of: 1_000_000, at: now, revision: Int64(second) + 1), at: .at(now))
            if case .send = test.schedule.next(at: .at(now)) {
                _ = test.schedule.finish(.accepted(eventID: "$e"), at: .at(now))
                edits.append(now)
            }
        }
        #expect((100...149).contains(edits.count))
        // On its second day it still moves.
        #expect(edits.contains { $0 > 100_000 })
        test.schedule.take(
            event("k3x9", .completed, done: 1_000_000, of: 1_000_000, at: 200_001, revision: 1_000_000),
            at: .at(200_001))
        #expect(try test.deliver(at: 200_001).purpose == "edit.1000000")
    }

    @Test func `answers come at once, and no more than five wait`() throws {
        var test = self
        let answers = (0..<6).map {
            RoomAnswer(room: Self.room, command: "$c\($0)", message: RenderedMessage(saying: "yes"))
        }
        #expect(answers.map { test.schedule.add($0, at: .at(0)) } == [true, true, true, true, true, false])
        for answer in answers.prefix(5) {
            #expect(try test.deliver(at: 0).content == .answer(answer))
        }
        #expect(test.schedule.next(at: .at(0)) == .wait(until: nil))
    }

    @Test func `transactions differ by room, batch, purpose and revision, and never by process`() throws {
        var test = self
        test.follow(event(), at: 0)
        #expect(try test.deliver(at: 0).transaction == "tally.34a51b6c3c426ed8.k3x9.original")
    }
}

extension Sending {
    /// `original`, `edit.7`, `mention`.
    fileprivate var purpose: String {
        transaction.split(separator: ".").dropFirst(3).joined(separator: ".")
    }
}

@Suite struct TokenBucketTests {
    /// How many messages leave in this time if as many as possible do.
    private func sent(for seconds: Double, by bucket: inout TokenBucket, from start: Double = 0) -> Int {
        var now = Timestamp.at(start)
        var count = 0
        while true {
            now = max(now, bucket.ready(leaving: 0, at: now))
            guard now <= .at(start + seconds) else { return count }
            bucket.take(at: now)
            count += 1
        }
    }

    @Test(arguments: [
        (0.2, 10, 0.0, 9), (0.2, 10, 26, 14), (0.2, 10, 101, 29), (5, 1, 10.1, 51), (1, 2, 10.1, 11),
    ])
    func `a burst but one, then the rate`(perSecond: Double, burst: Int, seconds: Double, count: Int) {
        var bucket = TokenBucket(perSecond: perSecond, burst: burst, at: .at(0))
        #expect(sent(for: seconds, by: &bucket) == count)
    }

    @Test func `a refusal empties it for its time, and slows it down`() {
        var bucket = TokenBucket(perSecond: 1, burst: 10, at: .at(0))
        bucket.refuse(for: .seconds(30), at: .at(0))
        #expect(bucket.ready(leaving: 0, at: .at(1)) >= .at(30))
        #expect(sent(for: 100, by: &bucket, from: 30) <= 51)
        for _ in 0..<20 { bucket.succeed() }
        #expect((99...102).contains(sent(for: 100, by: &bucket, from: 130)))
    }

    @Test(arguments: [nil, .seconds(1e12), .seconds(-5), .zero] as [Duration?])
    func `a refusal of whatever length ends`(retryAfter: Duration?) {
        var bucket = TokenBucket(perSecond: 1, burst: 10, at: .at(0))
        bucket.refuse(for: retryAfter, at: .at(0))
        #expect(bucket.ready(leaving: 3, at: .at(0)) <= .at(3620))
    }

    @Test func `a start doesn't fill it`() {
        var earlier = TokenBucket(perSecond: 0.2, burst: 10, at: .at(0))
        for _ in 0..<9 { earlier.take(at: .at(0)) }
        var bucket = TokenBucket(perSecond: 0.2, burst: 10, at: .at(10))
        bucket.resume(earlier, at: .at(10))
        #expect(sent(for: 0, by: &bucket, from: 10) == 2)
    }
}

import BatchProgress
import Testing

@testable import BatchClient

@Suite struct BatchMirrorTests {
    /// What a mirror hears, by revision; of batch a unless another is named.
    enum Input: Sendable {
        case event(Int64, of: String = "a", ends: Bool = false, epoch: Int64 = 1)
        case beacon(Int64, epoch: Int64 = 1)
        /// As of a revision: batches with the revision of their newest event, a `!` after those that ended.
        /// It answers the newest question; late, the first one.
        case snapshot(Int64, [String], epoch: Int64 = 1, next: Int64? = nil, isLate: Bool = false)
        /// Milliseconds, with what becomes due on the way.
        case wait(Int)
    }

    struct Course: Sendable {
        var what: String
        var steps: [(Input, [String])]
        /// The batches in the mirror when it is over.
        var rest: [String]

        init(_ what: String, _ steps: [(Input, [String])], rest: [String]) {
            (self.what, self.steps, self.rest) = (what, steps, rest)
        }
    }

    static let begun: [(Input, [String])] = [(.snapshot(10, ["a10"]), ["tell a10", "caught up"])]

    static let news = [
        Course(
            "begins with a snapshot",
            [(.snapshot(10, ["b9", "a10"]), ["tell b9", "tell a10", "caught up"])], rest: ["a10", "b9"]),
        Course("begins with nothing", [(.snapshot(0, []), ["caught up"])], rest: []),
        Course(
            "tells what follows",
            begun + [(.event(11), ["tell a11"]), (.event(12, of: "b"), ["tell b12"]), (.beacon(12), [])],
            rest: ["a11", "b12"]),
        Course(
            "what comes before the snapshot is told, and made complete by it",
            [
                (.event(12), ["tell a12"]), (.event(13, of: "b"), ["tell b13"]),
                (.snapshot(11, ["a11", "c9"]), ["tell c9", "caught up"]), (.event(14, of: "c"), ["tell c14"]),
            ], rest: ["a12", "b13", "c14"]),
        Course(
            "what was told before the first snapshot and isn't in it has ended: that is asked for",
            [
                (.event(5), ["tell a5"]), (.snapshot(10, ["b9"]), ["tell b9", "fetch 5"]),
                (.snapshot(10, ["b9", "a6!"]), ["tell a6!", "caught up"]),
                (.event(11, of: "b"), ["tell b11"]),
            ], rest: ["b11"]),
        Course(
            "so it is when the answer to the first question comes again, after later news",
            begun + [
                (.event(12, of: "b"), ["tell b12", "fetch 10"]),
                (.snapshot(14, ["a10"], isLate: true), ["fetch 12"]),
                (.snapshot(14, ["a10", "b13!"]), ["tell b13!", "caught up"]), (.event(15), ["tell a15"]),
            ], rest: ["a15"]),
        Course(
            "what isn't there any more when it is asked for is let go",
            [
                (.event(5), ["tell a5"]), (.snapshot(10, []), ["fetch 5"]),
                (.snapshot(10, []), ["caught up"]),
            ], rest: []),
        Course(
            "an event that the snapshot holds already is told once",
            begun + [(.event(9), []), (.event(10), []), (.event(11), ["tell a11"]), (.event(11), [])],
            rest: ["a11"]),
        Course(
            "an end is told once, and the batch forgotten",
            begun + [
                (.event(11, ends: true), ["tell a11!"]), (.event(11, ends: true), []), (.event(10), []),
                (.beacon(11), []),
                (.snapshot(11, ["a11!"]), []),
            ], rest: []),
        Course(
            "an end that comes before the event that precedes it",
            begun + [
                (.event(12, ends: true), ["tell a12!", "fetch 10"]), (.event(11), []), (.beacon(12), []),
                (.snapshot(12, ["a12!"]), ["caught up"]),
            ], rest: []),
    ]

    static let gaps = [
        Course(
            "an event shows a gap, and a snapshot mends it",
            begun + [
                (.event(13, of: "b"), ["tell b13", "fetch 10"]), (.event(14, of: "b"), ["tell b14"]),
                (.snapshot(14, ["a11!", "b14", "c12"]), ["tell a11!", "tell c12", "caught up"]),
                (.beacon(14), []),
            ], rest: ["b14", "c12"]),
        Course(
            "so does a beacon",
            begun + [(.beacon(11), ["fetch 10"]), (.snapshot(11, ["a11"]), ["tell a11", "caught up"])],
            rest: ["a11"]),
        Course(
            "what was only late closes the gap, and the snapshot brings nothing new",
            begun + [
                (.event(12), ["tell a12", "fetch 10"]), (.event(11, of: "b"), ["tell b11"]),
                (.beacon(12), []),
                (.snapshot(12, ["a12", "b11"]), ["caught up"]),
            ], rest: ["a12", "b11"]),
        Course(
            "a snapshot that is older than what is known takes nothing back",
            begun + [
                (.event(11), ["tell a11"]), (.event(12, of: "b", ends: true), ["tell b12!"]),
                (.snapshot(10, ["a10", "b9"]), []),
                (.event(13), ["tell a13"]),
            ], rest: ["a13"]),
        Course(
            "a snapshot from within the gap doesn't hide the rest of it",
            begun + [
                (.event(15), ["tell a15", "fetch 10"]),
                (.snapshot(12, ["a12", "b11"]), ["tell b11", "caught up", "fetch 12"]),
                (.snapshot(15, ["a15", "b14"]), ["tell b14", "caught up"]),
            ], rest: ["a15", "b14"]),
        Course(
            "a snapshot in pages is read to its end",
            begun + [
                (.beacon(30), ["fetch 10"]),
                (
                    .snapshot(30, ["b30", "a11!", "c20!"], next: 20),
                    ["tell a11!", "tell c20!", "tell b30", "fetch 20"]
                ),
                (.snapshot(30, ["b30", "d25!"]), ["tell d25!", "caught up"]),
            ], rest: ["b30"]),
        Course(
            "a snapshot that doesn't come is asked for again",
            begun + [
                (.beacon(11), ["fetch 10"]), (.wait(1900), []), (.beacon(11), []), (.wait(100), ["fetch 10"]),
                (.beacon(11), []),
                (.wait(2000), ["lost", "fetch 10"]),
            ], rest: ["a10"]),
    ]

    static let epochs = [
        Course(
            "under a new epoch the snapshot replaces everything",
            begun + [
                (.event(50, of: "b", epoch: 2), ["fetch 10", "tell b50"]),
                (.snapshot(50, ["b50", "c49"], epoch: 2), ["tell c49", "caught up"]),
                (.event(51, of: "b", epoch: 2), ["tell b51"]),
            ], rest: ["b51", "c49"]),
        Course(
            "what ended between two epochs is told",
            begun + [
                (.beacon(50, epoch: 2), ["fetch 10"]),
                (.snapshot(50, ["a12!"], epoch: 2), ["tell a12!", "caught up"]),
            ], rest: []),
        Course(
            "a store that was wiped begins anew",
            begun + [
                (.beacon(0, epoch: 2), ["fetch 10"]), (.snapshot(0, [], epoch: 2), ["caught up"]),
                (.event(1, of: "b", epoch: 2), ["tell b1"]),
                (.event(2, of: "b", ends: true, epoch: 2), ["tell b2!"]),
            ], rest: []),
        Course(
            "a word of the former epoch is nothing any more",
            begun + [
                (.beacon(50, epoch: 2), ["fetch 10"]), (.event(11), []), (.beacon(99), []),
                (.snapshot(99, ["z99"]), []),
                (.snapshot(50, ["a50"], epoch: 2), ["tell a50", "caught up"]),
            ], rest: ["a50"]),
        Course(
            "but after ten seconds without another it is believed: the clock was set back",
            begun + [
                (.beacon(50, epoch: 2), ["fetch 10"]),
                (.snapshot(50, ["a50"], epoch: 2), ["tell a50", "caught up"]),
                (.wait(2000), ["lost"]), (.wait(7999), []), (.beacon(60, epoch: 1), []),
                (.snapshot(60, ["a60"]), []),
                (.wait(1), []), (.beacon(60, epoch: 1), ["fetch 50"]),
                (.snapshot(60, ["a60"]), ["tell a60", "caught up"]),
            ], rest: ["a60"]),
    ]

    static let silences = [
        Course(
            "two seconds without a word, and the coordinator is lost",
            begun + [
                (.wait(1999), []), (.beacon(10), []), (.wait(1999), []), (.wait(1), ["lost"]),
                (.wait(60_000), []),
            ],
            rest: ["a10"]),
        Course(
            "the first word after it needs a snapshot",
            begun + [
                (.wait(2000), ["lost"]), (.beacon(10), ["fetch 10"]), (.beacon(10), []),
                (.snapshot(10, ["a10"]), ["caught up"]),
                (.wait(2000), ["lost"]), (.event(11), ["fetch 10", "tell a11"]),
                (.snapshot(11, ["a11"]), ["caught up"]),
            ], rest: ["a11"]),
        Course(
            "so does a snapshot that comes by itself",
            begun + [(.wait(2000), ["lost"]), (.snapshot(12, ["b12"]), ["tell b12", "caught up"])],
            rest: ["b12"]),
        Course(
            "what cannot be is no reason to stop",
            begun + [
                (.beacon(.max), ["fetch 10"]), (.beacon(.min), []), (.event(.max), ["tell a\(Int64.max)"]),
                (
                    .snapshot(.max, ["b\(Int64.max)"], next: .max),
                    ["tell b\(Int64.max)", "fetch \(Int64.max)"]
                ),
                (.snapshot(.max, ["b\(Int64.max)"]), ["caught up"]), (.event(5), []), (.beacon(.max), []),
            ], rest: ["b\(Int64.max)"]),
    ]

    @Test(arguments: (news + gaps + epochs + silences).indices)
    func follows(row: Int) {
        let course = (Self.news + Self.gaps + Self.epochs + Self.silences)[row]
        var now = Timestamp(microseconds: 1_700_000_000_000_000)
        var mirror = BatchMirror(at: now)
        var asked: Int64?
        let first = mirror.begin(at: now).map(\.line)
        #expect(first == ["fetch"])
        for (number, (input, expected)) in course.steps.enumerated() {
            let actions = mirror.take(input, asked: asked, &now)
            for case .fetch(let since) in actions { asked = since }
            if case .snapshot = input { asked = asked ?? 0 }
            let lines = actions.map(\.line)
            #expect(lines == expected, "\(course.what): step \(number), \(input)")
        }
        #expect(mirror.batches.values.map(\.line).sorted() == course.rest, "\(course.what)")
    }

    /// What is only late, doubled or lost, in any order: in the end the mirror is what the coordinator is.
    @Test(arguments: 0..<50)
    func endsWithTheTruth(seed: Int) {
        var random = Generator(state: UInt64(seed))
        let names = ["a", "b", "c", "d"]
        var truth: [String: BatchProgressEvent] = [:]
        var now = Timestamp(microseconds: 1_700_000_000_000_000)
        var mirror = BatchMirror(at: now)
        var told: [BatchID: BatchProgressEvent] = [:]
        func note(_ actions: [BatchMirror.Action]) {
            for case .tell(let event) in actions {
                #expect(
                    event.revision > told[event.batchId]?.revision ?? 0
                        && told[event.batchId]?.status.isEnd != true)
                told[event.batchId] = event
            }
        }
        note(mirror.begin(at: now))
        var underWay: [BatchProgressEvent] = []
        var newest: Int64 = 0
        for revision in Int64(1)...200 {
            let name = names.randomElement(using: &random) ?? "a"
            if truth[name]?.status.isEnd != true {
                let event = event(revision, of: name, ends: Int.random(in: 0..<60, using: &random) == 0)
                truth[name] = event
                newest = revision
                if Int.random(in: 0..<10, using: &random) > 0 { underWay.append(event) }
            } else {
                let event = event(revision, of: "n\(revision)", ends: true)
                truth["n\(revision)"] = event
                newest = revision
                underWay.append(event)
            }
            if Int.random(in: 0..<3, using: &random) == 0 { underWay.shuffle(using: &random) }
            while underWay.count > Int.random(in: 0..<6, using: &random) {
                note(mirror.receive(underWay.removeFirst(), epoch: 1, at: now))
            }
            if Int.random(in: 0..<8, using: &random) == 0 {
                note(
                    mirror.receiveSnapshot(
                        since: nil, epoch: 1, revision: newest, batches: Array(truth.values), next: nil,
                        at: now))
            }
            now = now + .milliseconds(100)
        }
        note(mirror.receiveBeacon(revision: newest, epoch: 1, at: now))
        note(
            mirror.receiveSnapshot(
                since: 0, epoch: 1, revision: newest, batches: Array(truth.values), next: nil, at: now))
        let active = truth.values.filter { !$0.status.isEnd }
        #expect(Set(mirror.batches.values) == Set(active))
        #expect(active.allSatisfy { told[$0.batchId] == $0 })
    }
}

private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ state >> 33) &* 0xff51_afd7_ed55_8ccd
    }
}

extension BatchMirror {
    fileprivate mutating func take(
        _ input: BatchMirrorTests.Input, asked: Int64?, _ now: inout Timestamp
    ) -> [Action] {
        switch input {
        case .event(let revision, let name, let ends, let epoch):
            return receive(event(revision, of: name, ends: ends), epoch: epoch, at: now)
        case .beacon(let revision, let epoch):
            return receiveBeacon(revision: revision, epoch: epoch, at: now)
        case .snapshot(let revision, let batches, let epoch, let next, let isLate):
            let events = batches.map { text in
                event(
                    Int64(text.dropFirst().filter { $0 != "!" }) ?? 0, of: String(text.prefix(1)),
                    ends: text.hasSuffix("!"))
            }
            return receiveSnapshot(
                since: isLate ? nil : asked, epoch: epoch, revision: revision, batches: events, next: next,
                at: now)
        case .wait(let milliseconds):
            let end = now + .milliseconds(milliseconds)
            var actions: [Action] = []
            while let deadline = nextDeadline, deadline <= end {
                now = max(now, deadline)
                actions += tick(at: now)
            }
            now = end
            return actions
        }
    }
}

extension BatchMirror.Action {
    fileprivate var line: String {
        switch self {
        case .tell(let event): "tell \(event.line)"
        case .fetch(let since): since.map { "fetch \($0)" } ?? "fetch"
        case .lost: "lost"
        case .caughtUp: "caught up"
        }
    }
}

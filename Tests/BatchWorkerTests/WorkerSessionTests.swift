import BatchProgress
import BatchProtocol
import Testing

@testable import BatchWorker

@Suite struct WorkerSessionTests {
    struct Course: Sendable {
        var what: String
        var slots = 2
        var steps: [(Input, [String])]

        init(_ what: String, slots: Int = 2, _ steps: [(Input, [String])]) {
            (self.what, self.slots, self.steps) = (what, slots, steps)
        }
    }

    static let work = [
        Course(
            "runs as many as it has slots, and reports together what ends together",
            [
                (.welcome(), []),
                (.grant(1, [0, 1, 2, 3]), ["start a·1[0]", "start a·1[1]"]),
                (.wait(3), []), (.end(1), ["start a·1[2]"]), (.wait(3), []), (.end(0), ["start a·1[3]"]),
                (.wait(1), ["report 1 a·1 completed [1, 0]"]), (.acknowledge([1]), []), (.wait(1), []),
            ]),
        Course(
            "runs once what a grant names twice",
            [
                (.welcome(), []), (.grant(1, [0, 0, 1, 0]), ["start a·1[0]", "start a·1[1]"]),
                (.end(0), []), (.end(1), ["report 1 a·1 completed [0, 1]"]),
            ]),
        Course(
            "reports at once when nothing else runs",
            [
                (.welcome(), []), (.grant(1, [0, 1]), ["start a·1[0]", "start a·1[1]"]),
                (.end(0, .failed), []), (.end(1), ["report 1 a·1 completed [1] failed [0]"]),
            ]),
        Course(
            "reports at once what fills a report",
            [
                (.welcome(), []), (.grant(1, [0, 1, 2, 3, 4]), ["start a·1[0]", "start a·1[1]"]),
                (.end(0), ["start a·1[2]"]), (.end(1), ["start a·1[3]"]),
                (.end(2), ["start a·1[4]", "report 1 a·1 completed [0, 1, 2]"]),
            ]),
        Course(
            "reports each batch and attempt apart",
            [
                (.welcome(), []), (.grant(1, [0]), ["start a·1[0]"]),
                (.grantOf("b", 2, [0]), ["start b·1[0]"]),
                (.end(0), []), (.wait(4), ["report 1 a·1 completed [0]"]),
            ]),
        Course(
            "tells that an operation runs only once it has run for a while",
            [
                (.welcome(), []), (.grant(1, [0, 1]), ["start a·1[0]", "start a·1[1]"]), (.wait(19), []),
                (.end(0), []), (.wait(1), ["report 1 a·1 started [1]"]),
                (.wait(4), ["report 2 a·1 completed [0]"]), (.wait(500), []),
            ]),
        Course(
            "what is granted again starts once it is durable that it did",
            [
                (.welcome(), []),
                (.grant(1, [0, 1], attempt: 2), ["report 1 a·2 started [0]", "report 2 a·2 started [1]"]),
                (.wait(500), []), (.acknowledge([2]), ["start a·2[1]"]), (.acknowledge([2]), []),
                (.acknowledge([1]), ["start a·2[0]"]), (.wait(100), []),
                (.end(0, attempt: 2), []), (.end(1, attempt: 2), ["report 3 a·2 completed [0, 1]"]),
            ]),
        Course(
            "passes on how far an operation is",
            [
                (.welcome(), []), (.grant(1, [0]), ["start a·1[0]"]),
                (.progress(0), ["report - a·1 at [0.5]"]),
                (.progress(1), []), (.end(0), ["report 1 a·1 completed [0]"]), (.progress(0), []),
            ]),
        Course(
            "batches share its slots",
            [
                (.welcome(), []), (.grant(1, [0, 1, 2]), ["start a·1[0]", "start a·1[1]"]),
                (.grantOf("b", 2, [0]), []), (.end(0), ["start b·1[0]"]), (.end(1), ["start a·1[2]"]),
            ]),
    ]

    static let losses = [
        Course(
            "sends a report again until it is acknowledged",
            [
                (.welcome(), []), (.grant(1, [0]), ["start a·1[0]"]),
                (.end(0), ["report 1 a·1 completed [0]"]),
                (.wait(999), []), (.wait(1), ["report 1 a·1 completed [0]", "heartbeat 2"]),
                (.heartbeat(grants: 1), []),
                (.wait(1000), ["report 1 a·1 completed [0]", "heartbeat 2"]), (.acknowledge([1, 77]), []),
                (.wait(1000), ["heartbeat 2"]),
            ]),
        Course(
            "under a new epoch says READY, and sends again what may have been lost with the former one",
            [
                (.welcome(), []), (.grant(1, [0, 1, 2]), ["start a·1[0]", "start a·1[1]"]),
                (.end(0), ["start a·1[2]"]),
                (.wait(4), ["report 1 a·1 completed [0]"]),
                (.heartbeat(epoch: 2, grants: 0), ["READY 2 a·1[0, 1, 2]"]),
                (.welcome(epoch: 2, grants: 0), ["report 1 a·1 completed [0]"]),
                (.welcome(epoch: 2, grants: 0), []), (.heartbeat(epoch: 2, grants: 0), []),
            ]),
        Course(
            "a grant that doesn't follow the last one shows that one was lost",
            [
                (.welcome(), []), (.grant(1, [0]), ["start a·1[0]"]),
                (.grant(3, [2]), ["READY 2 a·1[0]", "start a·1[2]"]),
                (.welcome(grants: 3), []), (.grant(4, [1]), []), (.heartbeat(grants: 4), []),
            ]),
        Course(
            "that is said until it is answered, since no later number shows it",
            [
                (.welcome(), []), (.grant(2, [1]), ["READY 2", "start a·1[1]"]),
                (.wait(20), ["report 1 a·1 started [1]"]), (.acknowledge([1]), []),
                (.wait(980), ["READY 2 a·1[1]"]), (.heartbeat(grants: 2), []),
                (.wait(1000), ["READY 2 a·1[1]"]), (.welcome(grants: 3), []),
                (.wait(1000), ["heartbeat 2"]),
            ]),
        Course(
            "so does a heartbeat that counts more of them",
            [
                (.welcome(), []), (.grant(1, [0]), ["start a·1[0]"]), (.heartbeat(grants: 1), []),
                (.heartbeat(grants: 2), ["READY 2 a·1[0]"]), (.welcome(grants: 2), []),
                (.heartbeat(grants: 2), []),
            ]),
        Course(
            "a grant that comes again starts nothing twice, whether it waits, runs or is unacknowledged",
            [
                (.welcome(), []), (.grant(1, [0, 1, 2, 3]), ["start a·1[0]", "start a·1[1]"]),
                (.end(0), ["start a·1[2]"]), (.grant(2, [0, 1, 2, 3]), []),
                (.wait(4), ["report 1 a·1 completed [0]"]), (.grant(2, [0, 1, 2, 3]), []),
                (.heartbeat(grants: 2), []),
            ]),
        Course(
            "another attempt is another operation",
            [
                (.welcome(), []), (.grant(1, [0]), ["start a·1[0]"]),
                (.end(0, .failed), ["report 1 a·1 failed [0]"]),
                (.grant(2, [0], attempt: 2), ["report 2 a·2 started [0]"]),
            ]),
        Course(
            "says READY when it isn't known",
            [(.welcome(), []), (.grant(1, [0]), ["start a·1[0]"]), (.unknownSession, ["READY 2 a·1[0]"])]),
        Course(
            "finds the coordinator again",
            [
                (.welcome(), []), (.grant(1, [0]), ["start a·1[0]"]),
                (.end(0), ["report 1 a·1 completed [0]"]),
                (
                    .wait(2500),
                    [
                        "report 1 a·1 completed [0]", "heartbeat 2", "report 1 a·1 completed [0]",
                        "heartbeat 2",
                    ]
                ),
                // From here on only READY: reports would pile up in the socket.
                (.wait(2500), ["lost", "READY 2 a·1[0]", "READY 2 a·1[0]", "READY 2 a·1[0]"]),
                (.heartbeat(epoch: 2, grants: 0), ["found", "READY 2 a·1[0]", "READY 2 a·1[0]"]),
                (.welcome(epoch: 2), ["report 1 a·1 completed [0]"]),
            ]),
        Course(
            "says READY until it is heard for the first time",
            [
                (.wait(2999), ["READY 2", "READY 2"]),
                (.wait(1), ["lost", "READY 2"]),
                (.welcome(), ["found", "READY 2"]), (.wait(1000), ["heartbeat 2"]),
            ]),
        Course("an error changes nothing", [(.welcome(), []), (.error, []), (.wait(1000), ["heartbeat 2"])]),
    ]

    static let orders = [
        Course(
            "stops what runs, and reports as cancelled what waits",
            slots: 1,
            [
                (.welcome(), []), (.grant(1, [0, 1, 2]), ["start a·1[0]"]),
                (.stop([0, 1, 7]), ["stop a·1[0]"]),
                (.wait(4), ["report 1 a·1 cancelled [1]"]),
                (.end(0, .cancelled), ["start a·1[2]"]), (.wait(4), ["report 2 a·1 cancelled [0]"]),
            ]),
        Course(
            "what waits for its start to be durable never starts once it is stopped",
            [
                (.welcome(), []), (.grant(1, [0], attempt: 2), ["report 1 a·2 started [0]"]),
                (.stop([0]), ["report 2 a·2 cancelled [0]"]), (.acknowledge([1]), []),
                (.acknowledge([2]), []),
            ]),
        Course(
            "stopped twice, an operation is told so twice and ends once",
            [
                (.welcome(), []), (.grant(1, [0]), ["start a·1[0]"]), (.stop([0]), ["stop a·1[0]"]),
                (.stop([0]), ["stop a·1[0]"]), (.end(0, .cancelled), ["report 1 a·1 cancelled [0]"]),
                (.stop([0]), []),
            ]),
        Course(
            "stops one attempt, and leaves a later one of the same operation alone",
            [
                (.welcome(), []), (.grant(1, [0]), ["start a·1[0]"]),
                (.grant(2, [0], attempt: 2), ["report 1 a·2 started [0]"]),
                (.stop([0], attempt: 1), ["stop a·1[0]"]), (.acknowledge([1]), ["start a·2[0]"]),
                (.stop([0], attempt: 1), ["stop a·1[0]"]), (.end(0, .cancelled), []),
                (.stop([0], attempt: 1), []),
                (.end(0, attempt: 2), ["report 2 a·1 cancelled [0]", "report 3 a·2 completed [0]"]),
            ]),
        Course(
            "gives back what waits, and only that",
            slots: 1,
            [
                (.welcome(), []), (.grant(1, [0, 1]), ["start a·1[0]"]), (.grantOf("b", 2, [5]), []),
                (.recall, ["release a[1]"]), (.recall, []), (.end(0), ["start b·1[5]"]),
            ]),
        Course(
            "a release may be lost: READY shows it, also after one was answered, which may have been an earlier one",
            slots: 1,
            [
                (.welcome(), []), (.grant(1, [0, 1]), ["start a·1[0]"]),
                (.wait(20), ["report 1 a·1 started [0]"]),
                (.acknowledge([1]), []), (.recall, ["release a[1]"]),
                (.wait(980), ["READY 1 a·1[0]"]), (.wait(1000), ["READY 1 a·1[0]"]),
                (.welcome(grants: 1), []),
                (.wait(1000), ["READY 1 a·1[0]"]),
                (.welcome(grants: 1), []), (.wait(2000), ["READY 1 a·1[0]", "READY 1 a·1[0]"]),
                (.welcome(grants: 1), []), (.wait(2000), ["READY 1 a·1[0]", "READY 1 a·1[0]"]),
                (.welcome(grants: 1), []), (.wait(2000), ["READY 1 a·1[0]", "READY 1 a·1[0]"]),
                (.welcome(grants: 1), []), (.wait(2000), ["READY 1 a·1[0]", "READY 1 a·1[0]"]),
                (.welcome(grants: 1), []), (.wait(2000), ["READY 1 a·1[0]", "READY 1 a·1[0]"]),
                (.welcome(grants: 1), []), (.wait(2000), ["READY 1 a·1[0]", "READY 1 a·1[0]"]),
                (.welcome(grants: 1), []), (.wait(1000), ["heartbeat 1"]),
            ]),
        Course(
            "what was given back isn't taken again by a grant that was sent before: it may be another's by now",
            slots: 1,
            [
                (.welcome(), []), (.grant(1, [0, 1]), ["start a·1[0]"]),
                (.wait(20), ["report 1 a·1 started [0]"]), (.acknowledge([1]), []),
                (.recall, ["release a[1]"]), (.grant(2, [1]), ["release a[1]"]),
                (.grant(3, [1], attempt: 2), []), (.end(0), ["report 2 a·2 started [1]"]),
            ]),
        Course(
            "drains: no more work, nothing lost, and goodbye after the last acknowledgement",
            slots: 1,
            [
                (.welcome(), []), (.grant(1, [0, 1]), ["start a·1[0]"]),
                (.drain, ["heartbeat 0", "release a[1]"]),
                (.drain, []), (.grant(2, [2]), ["release a[2]"]), (.end(0), ["report 1 a·1 completed [0]"]),
                (.acknowledge([1]), ["goodbye", "drained"]), (.unknownSession, []), (.acknowledge([1]), []),
            ]),
        Course(
            "has nothing to do when it drains, and goes",
            [(.welcome(), []), (.drain, ["heartbeat 0", "goodbye", "drained"])]),
        Course(
            "what waits for its start to be durable hasn't started: it is given back when it drains",
            [
                (.welcome(), []), (.grant(1, [0], attempt: 2), ["report 1 a·2 started [0]"]),
                (.drain, ["heartbeat 0", "release a[0]"]), (.acknowledge([1]), ["goodbye", "drained"]),
            ]),
        Course(
            "and when its batch is paused",
            [
                (.welcome(), []), (.grant(1, [0], attempt: 2), ["report 1 a·2 started [0]"]),
                (.recall, ["release a[0]"]), (.acknowledge([1]), []),
            ]),
        Course(
            "whose slot goes to what waits of another batch",
            slots: 1,
            [
                (.welcome(), []), (.grant(1, [0], attempt: 2), ["report 1 a·2 started [0]"]),
                (.grantOf("b", 2, [5]), []), (.recall, ["release a[0]", "start b·1[5]"]),
            ]),
        Course(
            "ends what runs when it is told to, and reports it as cancelled",
            [
                (.welcome(), []), (.grant(1, [0, 1, 2]), ["start a·1[0]", "start a·1[1]"]),
                (.stopAll, ["heartbeat 0", "release a[2]", "stop a·1[0]", "stop a·1[1]"]),
                (.end(1), []), (.end(0, .cancelled), ["report 1 a·1 completed [1] cancelled [0]"]),
                (.acknowledge([1]), ["goodbye", "drained"]),
            ]),
        Course(
            "also when it drains already",
            [
                (.welcome(), []), (.grant(1, [0]), ["start a·1[0]"]), (.drain, ["heartbeat 0"]),
                (.stopAll, ["stop a·1[0]"]),
            ]),
        Course(
            "what cannot be is no reason to stop",
            [
                (.welcome(grants: .max), []), (.grant(.max, [0]), ["start a·1[0]"]),
                (.grant(.min, [1]), ["start a·1[1]"]),
                (.heartbeat(grants: .max), []), (.acknowledge([.max, .min, -1]), []),
                (.stop([.max, -1]), []),
            ]),
    ]

    @Test(arguments: (work + losses + orders).indices)
    func follows(row: Int) {
        let course = (Self.work + Self.losses + Self.orders)[row]
        var worker = Worker(slots: course.slots) {
            $0.aheadMaximum = 0
            $0.operationsPerReport = 3
        }
        #expect(worker.began == ["READY \(course.slots)"])
        for (number, (input, expected)) in course.steps.enumerated() {
            let actions = worker.take(input)
            #expect(actions == expected, "\(course.what): step \(number), \(input)")
        }
    }
}

@Suite struct CapacityTests {
    /// Of operations that take so long: how many a worker wants to hold.
    @Test(arguments: [
        (seconds: 3600.0, slots: 4, capacity: 4), (1, 4, 4), (0.08, 4, 9), (0.04, 1, 3), (0.001, 8, 808),
        (0.000_1, 4, 1028), (0, 4, 1028), (-1, 4, 1028),
    ])
    func followsHowLongTheyTake(seconds: Double, slots: Int, capacity: Int) {
        var pace = OperationPace(ahead: .milliseconds(100), maximum: 1024)
        #expect(pace.capacity(slots: slots) == slots, "nothing in advance until it is known")
        for _ in 0..<5 { pace.record(.seconds(seconds)) }
        #expect(pace.capacity(slots: slots) == capacity)
    }

    /// One that hangs makes it careful at once, and some short ones later it isn't any more.
    @Test func followsAChange() {
        var pace = OperationPace(ahead: .milliseconds(100), maximum: 1024)
        for _ in 0..<100 { pace.record(.milliseconds(1)) }
        #expect(pace.capacity(slots: 1) == 101)
        pace.record(.seconds(10))
        #expect(pace.capacity(slots: 1) == 1)
        for _ in 0..<50 { pace.record(.milliseconds(1)) }
        #expect(pace.capacity(slots: 1) > 30)
    }

    /// Short ones fill the pipe, and that is told at once; long ones aren't hoarded.
    @Test(arguments: [(milliseconds: 1, told: ["heartbeat 202"]), (1000, [])])
    func isToldWhenItChangedByMuch(milliseconds: Int, told: [String]) {
        var worker = Worker(slots: 2) { $0.startReport = .seconds(10) }
        _ = worker.take(.welcome())
        _ = worker.take(.grant(1, [0, 1]))
        _ = worker.take(.wait(milliseconds))
        let actions = worker.take(.end(0))
        #expect(actions == told)
    }
}

@Suite struct GatheredEndsTests {
    private let moment = Timestamp(microseconds: 5)

    @Test func aReportHoldsSoManyOperations() {
        var gathered = GatheredEnds()
        for number in 0..<7 {
            gathered.add(key(number), OperationOutcome(kind: .completed), limits: (3, 1000), at: moment)
        }
        #expect(gathered.groups.map(\.completed) == [[0, 1, 2], [3, 4, 5], [6]])
        #expect(gathered.since == moment)
        #expect(gathered.takeAll().count == 3 && gathered.isEmpty && gathered.since == nil)
    }

    @Test func aReportHoldsAboutSoManyBytes() {
        var gathered = GatheredEnds()
        for number in 0..<5 {
            let output = OperationOutput(bytes: [UInt8](repeating: 0, count: 400), totalBytes: 400)
            let outcome = OperationOutcome(kind: .completed, standardOutput: output, standardError: output)
            gathered.add(key(number), outcome, limits: (100, 1000), at: moment)
        }
        #expect(gathered.groups.map(\.count) == [2, 2, 1])
        #expect(gathered.groups.map(\.bytes) == [1600, 1600, 800])
    }

    @Test func batchesAndAttemptsAreApart() {
        var gathered = GatheredEnds()
        let failed = OperationOutcome(kind: .failed)
        gathered.add(key(0), failed, limits: (9, 9), at: moment)
        gathered.add(key(1, 2), failed, limits: (9, 9), at: moment)
        gathered.add(
            key(2, 1, of: "b"), OperationOutcome(kind: .completed), limits: (9, 9), at: moment + .seconds(1))
        gathered.add(key(3), OperationOutcome(kind: .completed), limits: (9, 9), at: moment)
        #expect(
            gathered.held == [
                HeldOperations(batch: id("a"), attempt: 1, operations: [3, 0]),
                HeldOperations(batch: id("a"), attempt: 2, operations: [1]),
                HeldOperations(batch: id("b"), attempt: 1, operations: [2]),
            ])
        #expect(gathered.since == moment, "the first one waits longest")
    }
}

@Suite struct OperationQueueTests {
    /// Which batches run, what waits of which, and whose turn it is.
    @Test(arguments: [
        (running: "", waiting: "aab", order: "aba"), ("aa", "aaabb", "bbaaa"), ("bb", "abab", "aabb"),
        ("", "", ""), ("a", "a", "a"),
    ])
    func theOneWithFewestSlotsIsNext(running: String, waiting: String, order: String) {
        var queue = OperationQueue()
        for (number, batch) in waiting.enumerated() {
            queue.append(QueuedOperation(key: key(number, of: String(batch)), type: "work", data: []))
        }
        var running = running
        var taken = ""
        while let next = queue.popNext(slots: { id in running.count { String($0) == id.description } }) {
            running.append(contentsOf: next.key.batch.description)
            taken.append(contentsOf: next.key.batch.description)
        }
        #expect(taken == order && queue.isEmpty)
    }

    @Test func takesOutWhatMatches() {
        var queue = OperationQueue()
        for number in 0..<6 {
            queue.append(
                QueuedOperation(key: key(number, of: number < 4 ? "a" : "b"), type: "work", data: []))
        }
        #expect(queue.remove { $0.batch == id("b") || $0.operation == 1 }.map(\.key.operation) == [1, 4, 5])
        #expect(queue.all.map(\.key.operation) == [0, 2, 3])
        #expect(queue.remove { _ in true }.count == 3 && queue.isEmpty)
    }
}

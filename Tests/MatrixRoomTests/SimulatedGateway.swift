import BatchProgress
import MatrixRoom

/// Batches that come, go on and end, a schedule that is killed now and then, and a homeserver that loses answers.
struct SimulatedGateway {
    struct Trouble {
        var lostAnswers = 0.0
        var lostRequests = 0.0
        /// After a sending left, or its answer came.
        var kills = 0.0
        /// The limit that the gateway was told, over the one that holds.
        var wrongLimit = 1.0
    }

    static let room = "!r:h"
    private let trouble: Trouble
    private(set) var homeserver: SimulatedHomeserver
    private(set) var schedule: MessageSchedule
    private var random: SeededGenerator
    /// What is on disk.
    private var kept: [MessageKey: KeptMessage] = [:]
    private var keptBucket: TokenBucket
    private(set) var batches: [SimulatedBatch]
    private(set) var now = Timestamp.at(0)
    private var revision: Int64 = 0
    private(set) var sendings = 0

    init(batches: Int, seed: UInt64, perSecond: Double, burst: Int, _ trouble: Trouble) {
        self.trouble = trouble
        var random = SeededGenerator(seed: seed)
        self.batches = (0..<batches).map { SimulatedBatch(number: $0, using: &random) }
        self.random = random
        homeserver = SimulatedHomeserver(perSecond: perSecond, burst: burst)
        keptBucket = TokenBucket(perSecond: perSecond * trouble.wrongLimit, burst: burst, at: now)
        schedule = MessageSchedule(MessageSchedule.Settings(), bucket: keptBucket, rooms: [Self.room])
    }

    /// - Parameter seconds: how long it goes on after the last batch's end.
    mutating func run(after seconds: Double) {
        let end = (batches.map(\.end).max() ?? 0) + seconds
        while now < .at(end) {
            goOn()
            send()
            now = now + .seconds(1)
        }
    }

    private mutating func goOn() {
        for index in batches.indices {
            revision += 1
            guard let event = batches[index].state(revision, at: now) else { continue }
            tell(event)
        }
    }

    private mutating func tell(_ event: BatchProgressEvent) {
        let key = MessageKey(room: Self.room, batch: event.batchId)
        if schedule.follows(key) {
            schedule.take(event, at: now)
        } else {
            schedule.follow(event, in: Self.room, asker: .alice, kept: kept[key], at: now)
            kept[key] = schedule.kept(key) ?? kept[key]
        }
    }

    private mutating func send() {
        while case .send(let sending) = schedule.next(at: now) {
            sendings += 1
            if let key = sending.key { kept[key] = schedule.kept(key) }
            keptBucket = schedule.bucket
            if happens(trouble.kills) {
                if happens(0.5) { _ = homeserver.receive(sending, at: now) }
                return restart()
            }
            let result = carry(sending)
            let change = schedule.finish(result, at: now)
            if happens(trouble.kills) { return restart() }
            if let change { kept[change.key] = change.kept }
        }
    }

    private mutating func carry(_ sending: Sending) -> SendResult {
        if happens(trouble.lostRequests) { return .lost(wait: .seconds(2)) }
        let result = homeserver.receive(sending, at: now)
        return happens(trouble.lostAnswers) ? .lost(wait: .seconds(2)) : result
    }

    private mutating func restart() {
        var bucket = keptBucket
        bucket.resume(keptBucket, at: now)
        schedule = MessageSchedule(MessageSchedule.Settings(), bucket: bucket, rooms: [Self.room])
        // It asks after each batch that it kept and that isn't finished, and hears of those that run.
        for batch in batches {
            guard let event = batch.last else { continue }
            let key = MessageKey(room: Self.room, batch: event.batchId)
            if !event.status.isEnd || kept[key] != nil { tell(event) }
        }
    }

    private mutating func happens(_ chance: Double) -> Bool {
        Double.random(in: 0..<1, using: &random) < chance
    }
}

/// A batch that begins and ends at some moment, and tells of each operation.
struct SimulatedBatch {
    let id: BatchID
    let start: Double
    let end: Double
    private let failed: Int
    private(set) var last: BatchProgressEvent?

    init(number: Int, using random: inout SeededGenerator) {
        id = BatchID(known: "b\(number)")
        start = Double.random(in: 0...20, using: &random)
        end = start + Double.random(in: 5...400, using: &random)
        failed = Int.random(in: 0...1, using: &random)
    }

    /// A newer state than the last one; nil if there is none.
    mutating func state(_ revision: Int64, at now: Timestamp) -> BatchProgressEvent? {
        let seconds = (now - .at(0)).inSeconds
        guard seconds >= start, last?.status.isEnd != true else { return nil }
        let done = min(100, Int((seconds - start) / (end - start) * 100))
        let status: BatchStatus = done < 100 ? .processing : failed > 0 ? .failed : .completed
        last = event(
            "\(id)", status, done: done == 100 ? 100 - failed : done, failed: done == 100 ? failed : 0,
            at: seconds, startedAt: start, revision: revision)
        return last
    }
}

/// SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

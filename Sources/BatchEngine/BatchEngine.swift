import BatchProgress
import DequeModule

/// The rules of Tally's coordinator, as a value: commands in, directives out.
///
/// It does no I/O, has no clock, and knows no wire. A shell begins a `Turn` with the present time, calls
/// any number of commands, calls `finish`, makes `turn.changes` durable, and only then carries out
/// `turn.directives` and answers whoever asked. If the changes can't be made durable, the shell throws the
/// engine away and recovers another from what is (`init(recovering:)`), so a refused commit leaves no trace.
package struct BatchEngine: Sendable {
    package struct Configuration: Sendable {
        /// A batch's events leave at most this often.
        package var eventInterval: Duration = .milliseconds(500)
        /// A worker that wasn't heard for this long is lost.
        package var lease: Duration = .seconds(5)
        /// An operation that was running in this many lost workers has failed.
        package var lossesAllowed = 3
        /// The wait before the second attempt; doubled for each further one, up to the maximum; then up to
        /// half of it is added or taken by chance, so that failures of one moment don't return in one.
        package var retryDelay: Duration = .milliseconds(500)
        package var retryDelayMaximum: Duration = .seconds(60)
        /// What was granted when a batch was cancelled has this long to report.
        package var cancelGrace: Duration = .seconds(15)
        /// A batch to which nothing was added for this long, and that wasn't sealed, is cancelled.
        package var openTimeout: Duration = .seconds(3600)
        /// An attended batch whose attendant wasn't heard for this long is paused.
        package var attendance: Duration = .seconds(10)
        package var typesPerBatch = 32
        package var operationsPerBatch = 10_000_000
        /// Of whoever asks for them, those that aren't sealed.
        package var openBatchesPerActor = 1000
        /// That haven't ended, of everybody.
        package var activeBatches = 100_000
        package var operationsPerGrant = 256
        /// A step of a retry copies at most so many.
        package var operationsPerCopy = 1000
        /// Among so many batches the one that has least is given more.
        package var batchesCompared = 32
        package var failuresPerEvent = 5
        package var revisionBlock: Int64 = 10_000

        package init() {}
    }

    let configuration: Configuration
    var random: SplitMix64
    var batches: [BatchID: ActiveBatch] = [:]
    /// Those of them to which operations may still be added.
    var unsealed: Set<BatchID> = []
    var workers: [SessionID: Worker] = [:]
    var grants: [GrantID: OpenGrant] = [:]
    /// Batches that have something to hand out, in turn.
    var queues: [QueueKey: Deque<BatchID>] = [:]
    var timers = TimerQueue<TimerKey>()
    var nextGrant: GrantID = 1
    /// Of the newest event; the next one has the next number.
    package internal(set) var revision: Int64 = 0
    var reservedRevision: Int64 = 0

    /// An engine that knows nothing yet. `seed` decides the jitter of retries.
    package init(configuration: Configuration = Configuration(), seed: UInt64) {
        self.configuration = configuration
        random = SplitMix64(state: seed)
    }

    /// Ends the turn: hands out what can be, decides which events leave, and says what must be durable.
    package mutating func finish(_ turn: inout Turn) {
        // An end may begin another batch, which is handed out and told in this same turn.
        repeat {
            handOut(in: &turn)
            let touched = turn.touched
            turn.touched = [:]
            for (id, urgent) in touched.sorted(by: { $0.key < $1.key }) {
                settle(id, urgent: urgent, in: &turn)
            }
        } while !turn.touched.isEmpty
        for id in turn.due { eventDue(id, in: &turn) }
    }

    /// When time alone makes a turn necessary; nil while nothing waits for it.
    package mutating func nextDeadline() -> Timestamp? {
        timers.nextDeadline()
    }

    /// Whether nothing of any batch is left in memory.
    package var isEmpty: Bool {
        batches.isEmpty && unsealed.isEmpty && grants.isEmpty && queues.isEmpty
            && workers.values.allSatisfy { $0.heldCount == 0 }
    }
}

/// What a worker has to match to be given operations: the lane of the batch, and their type.
struct QueueKey: Hashable, Sendable {
    var lane: String?
    var type: String
}

enum TimerKey: Hashable, Sendable {
    /// A gathered event leaves.
    case event(BatchID)
    case lease(SessionID)
    /// An operation that failed may be handed out again.
    case retry(BatchID, Int)
    case cancelGrace(BatchID)
    case openTimeout(BatchID)
    case attendance(BatchID)
}

/// Steele, Lea, Flood: Fast splittable pseudorandom number generators (OOPSLA 2014).
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(state: UInt64) {
        self.state = state
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}

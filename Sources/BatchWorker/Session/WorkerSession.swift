import BatchProgress
import BatchProtocol

/// The rules of a worker, as a value: what the coordinator says and how operations end go in, actions
/// come out. It does no I/O and has no clock.
///
/// It keeps each report until it is acknowledged, says READY anew when the coordinator was restarted or
/// something was lost on the way, and asks for as many operations in advance as are done in a tenth of a
/// second: short ones fill the pipe, long ones aren't hoarded.
package struct WorkerSession: Sendable {
    package struct Configuration: Sendable {
        package var heartbeat: Duration = .seconds(1)
        /// After this long without a word the coordinator is taken for lost, until it speaks again.
        package var silence: Duration = .seconds(3)
        /// Ends are gathered at most this long into one report.
        package var gathering: Duration = .milliseconds(40)
        /// An operation that runs longer than this is reported as started.
        package var startReport: Duration = .milliseconds(20)
        /// A report that wasn't acknowledged is sent again after this long.
        package var resend: Duration = .seconds(1)
        /// How much work is asked for in advance.
        package var ahead: Duration = .milliseconds(100)
        package var aheadMaximum = 1024
        /// When no operation has started for this long, it is looked whether too many wait for a slot here.
        package var standstill: Duration = .milliseconds(300)
        /// Far longer than a grant may be on its way.
        package var remembersReleases: Duration = .seconds(15)
        package var operationsPerReport = 256
        /// Outputs of one report, together, at most about so many bytes.
        package var bytesPerReport = 1 << 20

        package init() {}
    }

    package enum Action: Sendable {
        case send(WorkerMessage)
        case report(ReportMessage)
        case start(OperationKey, type: String, data: [UInt8])
        /// End the running operation; its end is still awaited.
        case stop(OperationKey)
        case lostCoordinator
        case foundCoordinator
        /// All is done and acknowledged after `drain`: the worker can go.
        case drained
    }

    let configuration: Configuration
    let session: String
    let introduction: Introduction
    var epoch: Int64?
    /// Of the newest grant: a later one that doesn't follow it shows that something was lost.
    var grantSequence = 0
    var lastHeard: Timestamp
    var lastSent: Timestamp?
    var isLost = false
    var isDraining = false
    var saidGoodbye = false
    var settlement = Settlement.settled

    /// What was given back lately, and when. A grant of it that was sent meanwhile isn't taken: another worker may have
    /// it by now.
    var givenBack: [OperationKey: Timestamp] = [:]

    var queue = OperationQueue()
    /// Gone through in the order of its keys wherever something comes of it, so that chance has no part in that.
    var running: [OperationKey: RunningOperation] = [:]
    /// Reports not acknowledged, by number.
    var outbox: [Int64: SentReport] = [:]
    var nextReport: Int64 = 1
    var gathered = GatheredEnds()
    var pace: OperationPace
    /// When an operation started last, or it was looked whether too many wait.
    var lastMoved: Timestamp
    var toldCapacity: Int

    package init(
        session: String, introduction: Introduction, configuration: Configuration = Configuration(),
        at now: Timestamp
    ) {
        self.session = session
        self.introduction = introduction
        self.configuration = configuration
        lastHeard = now
        lastMoved = now
        pace = OperationPace(ahead: configuration.ahead, maximum: configuration.aheadMaximum)
        toldCapacity = introduction.slots
    }

    /// Whether the coordinator has welcomed us, and is heard.
    package var isConnected: Bool { epoch != nil && !isLost }

    /// What this worker is and takes.
    package struct Introduction: Hashable, Sendable {
        package var name: String
        package var types: [String]
        package var lane: String?
        package var slots: Int

        package init(name: String, types: [String], lane: String? = nil, slots: Int) {
            self.name = name
            self.types = types
            self.lane = lane
            self.slots = slots
        }
    }
}

/// An operation, among all batches, in one attempt.
package struct OperationKey: Hashable, Comparable, Sendable {
    package var batch: BatchID
    package var operation: Int
    package var attempt: Int

    package init(batch: BatchID, operation: Int, attempt: Int) {
        self.batch = batch
        self.operation = operation
        self.attempt = attempt
    }

    package static func < (left: OperationKey, right: OperationKey) -> Bool {
        (left.batch, left.operation, left.attempt) < (right.batch, right.operation, right.attempt)
    }
}

/// Whether the coordinator may believe that operations are here which aren't: a release was lost, which isn't
/// acknowledged, or a grant. So after either the worker says READY until that is answered: it shows what isn't here.
enum Settlement: Sendable {
    case settled
    /// Since the last READY.
    case unsettled
    /// By a READY that was not answered yet.
    case listed
}

struct QueuedOperation: Sendable {
    var key: OperationKey
    var type: String
    var data: [UInt8]
    var retriesFailures = false
}

struct RunningOperation: Sendable {
    enum Start: Sendable {
        /// It was granted before: it starts once it is durable that it did, so that an operation that kills
        /// its workers is found out. The number is the report's.
        case awaitsAcknowledgement(of: Int64, QueuedOperation)
        case unreported
        case reported
    }

    var startedAt: Timestamp
    var start: Start
    var retriesFailures: Bool

    /// It waits for its start to be durable: nothing of it runs.
    var isOnlyAnnounced: Bool {
        if case .awaitsAcknowledgement = start { true } else { false }
    }
}

struct SentReport: Sendable {
    var message: ReportMessage
    var sentAt: Timestamp
}

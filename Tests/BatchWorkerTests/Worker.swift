import BatchProgress
import BatchProtocol

@testable import BatchWorker

/// What a session is told, and when.
enum Input: Sendable {
    case welcome(epoch: Int64 = 1, grants: Int = 0)
    case heartbeat(epoch: Int64 = 1, grants: Int)
    case unknownSession
    /// Of batch a.
    case grant(Int, [Int], attempt: Int = 1)
    case grantOf(String, Int, [Int])
    case stop([Int], attempt: Int? = nil)
    case recall
    case acknowledge([Int64])
    case error
    /// An operation that runs has ended.
    case end(Int, OperationOutcome.Kind = .completed, attempt: Int = 1)
    case progress(Int)
    case drain
    case stopAll
    /// Milliseconds, with what becomes due on the way.
    case wait(Int)
}

/// A worker's session driven by hand; what it does, in a line each.
struct Worker {
    var session: WorkerSession
    /// What it did first of all.
    private(set) var began: [String]
    private(set) var now = Timestamp(microseconds: 1_700_000_000_000_000)

    init(slots: Int, _ configure: (inout WorkerSession.Configuration) -> Void = { $0.aheadMaximum = 0 }) {
        var configuration = WorkerSession.Configuration()
        // Shorter than usual, so that a row tells it from the time until a start is reported.
        configuration.gathering = .milliseconds(4)
        configure(&configuration)
        session = WorkerSession(
            session: "s", introduction: .init(name: "w", types: ["work"], slots: slots),
            configuration: configuration, at: now)
        began = session.begin(at: now).map(\.line)
    }

    mutating func take(_ input: Input) -> [String] {
        if case .wait(let milliseconds) = input { return wait(.milliseconds(milliseconds)) }
        return actions(input).map(\.line)
    }

    private mutating func actions(_ input: Input) -> [WorkerSession.Action] {
        switch input {
        case .welcome(let epoch, let grants): hear(.welcome(epoch: epoch, lease: 5, grants: grants))
        case .heartbeat(let epoch, let grants): hear(.heartbeat(epoch: epoch, grants: grants))
        case .unknownSession: hear(.unknownSession)
        case .grant(let sequence, let operations, let attempt):
            hear(.grant("a", sequence, operations, attempt: attempt))
        case .grantOf(let batch, let sequence, let operations):
            hear(.grant(batch, sequence, operations, attempt: 1))
        case .stop(let operations, let attempt):
            hear(.stop(batch: id("a"), operations: operations, attempt: attempt))
        case .recall: hear(.recall(batch: id("a")))
        case .acknowledge(let reports): hear(.acknowledge(reports: reports))
        case .error: hear(.error(WireError(.malformed, "no")))
        case .end(let number, let kind, let attempt):
            session.finished(key(number, attempt), OperationOutcome(kind: kind), at: now)
        case .progress(let number): session.progressed(key(number, 1), 0.5, message: "half", at: now)
        case .drain: session.drain(at: now)
        case .stopAll: session.stopAll(at: now)
        case .wait: []
        }
    }

    private mutating func hear(_ order: WorkerOrder) -> [WorkerSession.Action] {
        session.receive(order, at: now)
    }

    private mutating func wait(_ duration: Duration) -> [String] {
        let end = now + duration
        var lines: [String] = []
        for _ in 0..<10_000 where session.nextDeadline <= end {
            now = max(now, session.nextDeadline)
            lines += session.tick(at: now).map(\.line)
        }
        now = end
        return lines
    }
}

func id(_ text: String) -> BatchID {
    guard let id = BatchID(text) else { preconditionFailure("a valid id") }
    return id
}

func key(_ number: Int, _ attempt: Int = 1, of batch: String = "a") -> OperationKey {
    OperationKey(batch: id(batch), operation: number, attempt: attempt)
}

extension WorkerOrder {
    static func grant(_ batch: String, _ sequence: Int, _ operations: [Int], attempt: Int) -> WorkerOrder {
        .grant(
            GrantHeader(
                batch: id(batch), type: "work", attempt: attempt, sequence: sequence, operations: operations),
            data: operations.map { [UInt8(truncatingIfNeeded: $0)] })
    }
}

extension WorkerSession.Action {
    var line: String {
        switch self {
        case .send(let message):
            switch message.verb {
            case .ready(let ready):
                (["READY \(ready.capacity)"] + ready.holds.map { "\($0.batch)·\($0.attempt)\($0.operations)" })
                    .joined(separator: " ")
            case .heartbeat(let capacity): "heartbeat \(capacity ?? -1)"
            case .release(let release): "release \(release.batch)\(release.operations)"
            case .goodbye: "goodbye"
            }
        case .report(let report): report.line
        case .start(let key, _, _): "start \(key.line)"
        case .stop(let key): "stop \(key.line)"
        case .lostCoordinator: "lost"
        case .foundCoordinator: "found"
        case .drained: "drained"
        }
    }
}

extension OperationKey {
    fileprivate var line: String { "\(batch)·\(attempt)[\(operation)]" }
}

extension ReportMessage {
    fileprivate var line: String {
        var parts = ["report \(report.map { "\($0)" } ?? "-") \(batch)·\(attempt)"]
        if let started { parts.append("started \(started)") }
        if let progress { parts.append("at \(progress.map(\.progress))") }
        if let completed { parts.append("completed \(completed)") }
        for kind in OperationOutcome.Kind.allCases {
            let some = (ended ?? []).filter { $0.outcome == kind }.map(\.operation)
            if !some.isEmpty { parts.append("\(kind) \(some)") }
        }
        return parts.joined(separator: " ")
    }
}

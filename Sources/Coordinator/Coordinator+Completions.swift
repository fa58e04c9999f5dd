import AccessControl
import BatchEngine
import BatchProgress
import BatchProtocol
import Logging
import ZeroMQ

extension Coordinator {
    static let messagesPerTurn = 256

    /// Workers' reports. The socket can't answer: what is wrong with one is counted and logged. While nothing
    /// can be changed they are dropped: workers keep them until they are acknowledged.
    func drainCompletions() {
        resumeIfHeld()
        var reports: [ReportMessage] = []
        for _ in 0..<Self.messagesPerTurn {
            guard let received = receive(from: completions) else { break }
            guard case .message(let frames) = received else {
                reject("completions", WireError(.tooLarge, "a message of too many frames"))
                continue
            }
            do {
                _ = try holder(on: completions, as: .completions)
                let message = try ReportMessage(frames: frames)
                try checkOwner(of: try SessionID(checking: message.session), completions.sender)
                reports.append(message)
            } catch {
                reject("completions", WireError(describing: error))
            }
        }
        turn { engine, turn in
            for message in reports {
                do {
                    try report(message, &engine, &turn)
                } catch {
                    reject("completions", WireError(describing: error))
                }
            }
        }
    }

    private func report(
        _ message: ReportMessage, _ engine: inout BatchEngine, _ turn: inout Turn
    ) throws(WireError) {
        let report = try OperationReport(message)
        let refused = engine.report(report, in: &turn)
        if refused > 0 {
            reject("completions", WireError(.unknownOperation, "\(refused) operations were never granted so"))
        }
        if let number = message.report {
            pending.effects.append(.acknowledge(report.session, report: number))
        }
    }

    /// The next message; an error of the socket is logged and taken for none.
    func receive(from socket: Socket) -> Received? {
        do {
            return try socket.receive()
        } catch {
            log.error("a socket failed", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Counts what can't be answered, and logs it.
    func reject(_ socket: String, _ error: WireError) {
        metrics.rejectedMessage(on: socket)
        log(rejected: socket, error, as: "messages were thrown away")
    }

    /// Not more than once a second.
    func log(rejected socket: String, _ error: WireError, as what: Logger.Message) {
        guard let count = rejections.count(socket, at: clock.now) else { return }
        log.warning(
            what,
            metadata: ["socket": "\(socket)", "count": "\(count)", "last": "\(error.message)"])
    }
}

/// Counts messages that were thrown away, and says when to log it: at once, then at most once a second.
struct Rejections {
    private struct Tally {
        var loggedAt: Timestamp?
        var count = 0
    }

    private var tallies: [String: Tally] = [:]

    /// How many there were since the last line, if it is time for another.
    mutating func count(_ socket: String, at now: Timestamp) -> Int? {
        var tally = tallies[socket, default: Tally()]
        tally.count += 1
        defer { tallies[socket] = tally }
        if let loggedAt = tally.loggedAt, now - loggedAt < .seconds(1) { return nil }
        defer { tally = Tally(loggedAt: now) }
        return tally.count
    }
}

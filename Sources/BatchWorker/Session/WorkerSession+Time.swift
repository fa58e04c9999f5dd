import BatchProgress
import BatchProtocol

extension WorkerSession {
    /// Does what has become due.
    package mutating func tick(at now: Timestamp) -> [Action] {
        var actions: [Action] = []
        if let since = gathered.since, since + configuration.gathering <= now { actions += flush(at: now) }
        actions += reportStarts(at: now)
        if !isLost, lastHeard + configuration.silence <= now {
            isLost = true
            actions.append(.lostCoordinator)
        }
        // Sent to a coordinator that is away, reports would only pile up in the socket.
        if !isLost {
            let latest = now + configuration.resend * -1
            actions += resendReports(at: now) { $0.sentAt <= latest }
        }
        return actions + giveBackSurplus(at: now) + beat(at: now) + tellCapacity(at: now)
    }

    /// The next moment at which `tick` has something to do.
    package var nextDeadline: Timestamp {
        var deadline = (lastSent ?? lastHeard) + configuration.heartbeat
        if !isLost {
            deadline = min(deadline, lastHeard + configuration.silence)
            for report in outbox.values { deadline = min(deadline, report.sentAt + configuration.resend) }
            if !queue.isEmpty { deadline = min(deadline, lastMoved + configuration.standstill) }
        }
        if let since = gathered.since { deadline = min(deadline, since + configuration.gathering) }
        for operation in running.values {
            guard case .unreported = operation.start else { continue }
            deadline = min(deadline, operation.startedAt + configuration.startReport)
        }
        return deadline
    }

    /// Short operations fill the pipe; when long ones follow, those that were asked for in advance would wait
    /// here while other workers idle. So beyond what the new pace allows they are given back.
    private mutating func giveBackSurplus(at now: Timestamp) -> [Action] {
        guard !isLost, !queue.isEmpty, lastMoved + configuration.standstill <= now else { return [] }
        lastMoved = now
        if let latest = running.values.map(\.startedAt).max() { pace.lengthen(to: now - latest) }
        let kept = Set(queue.all.prefix(max(0, capacity - running.count)).map(\.key)).union(running.keys)
        return tellCapacity(at: now) + release(where: { !kept.contains($0) }, at: now)
    }

    /// To a coordinator that is away, READY is the sign of life: it may be another one that hears it. It is
    /// so, too, until a loss is settled, and for a while after something was given back.
    private mutating func beat(at now: Timestamp) -> [Action] {
        guard (lastSent ?? now) + configuration.heartbeat <= now else { return [] }
        guard !isLost, epoch != nil, settlement == .settled, !gaveBackLately(at: now) else {
            return [sayReady(at: now)]
        }
        lastSent = now
        toldCapacity = capacity
        return [.send(WorkerMessage(session: session, .heartbeat(capacity: toldCapacity)))]
    }

    /// One READY isn't enough to show that a release was lost: what answers it may be the answer to an earlier one.
    private func gaveBackLately(at now: Timestamp) -> Bool {
        givenBack.values.contains { now - $0 < configuration.remembersReleases }
    }

    /// A capacity that changed by much is told at once.
    mutating func tellCapacity(at now: Timestamp) -> [Action] {
        let capacity = capacity
        guard epoch != nil, !isLost, abs(capacity - toldCapacity) * 4 > max(toldCapacity, 3) else {
            return []
        }
        lastSent = now
        toldCapacity = capacity
        return [.send(WorkerMessage(session: session, .heartbeat(capacity: capacity)))]
    }
}

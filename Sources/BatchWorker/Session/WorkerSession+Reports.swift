import BatchProgress
import BatchProtocol

extension WorkerSession {
    /// Reports that are durable are forgotten, and what waited for that starts.
    mutating func acknowledged(_ reports: [Int64], at now: Timestamp) -> [Action] {
        for report in reports { outbox[report] = nil }
        return startAnnounced(Set(reports), at: now) + drainedIfDone(at: now)
    }

    /// Sends what is gathered, if it is enough for a report or nothing else is to come soon.
    mutating func flushIfFull(at now: Timestamp) -> [Action] {
        let isFull = gathered.groups.contains { group in
            group.count >= configuration.operationsPerReport || group.bytes >= configuration.bytesPerReport
        }
        return isFull || running.isEmpty ? flush(at: now) : []
    }

    mutating func flush(at now: Timestamp) -> [Action] {
        gathered.takeAll().map { group in
            let message = ReportMessage(
                session: session, report: nextReport, batch: group.batch, attempt: group.attempt,
                completed: group.completed, ended: group.ended)
            return send(message, at: now)
        }
    }

    /// Operations that run long enough to be worth telling, by batch and attempt.
    mutating func reportStarts(at now: Timestamp) -> [Action] {
        var groups: [HeldOperations] = []
        for (key, operation) in running.sorted(by: { $0.key < $1.key }) {
            guard case .unreported = operation.start, operation.startedAt + configuration.startReport <= now
            else { continue }
            running[key]?.start = .reported
            groups.add(key)
        }
        return groups.map { group in
            let message = ReportMessage(
                session: session, report: nextReport, batch: group.batch, attempt: group.attempt,
                started: group.operations.sorted())
            return send(message, at: now)
        }
    }

    mutating func resendReports(at now: Timestamp, where isDue: (SentReport) -> Bool) -> [Action] {
        let due = outbox.filter { isDue($0.value) }.keys.sorted()
        return due.compactMap { number in
            outbox[number]?.sentAt = now
            return outbox[number].map { .report($0.message) }
        }
    }

    /// The message has the number `nextReport`: it is kept until it is acknowledged.
    mutating func send(_ message: ReportMessage, at now: Timestamp) -> Action {
        outbox[nextReport] = SentReport(message: message, sentAt: now)
        nextReport += 1
        return .report(message)
    }
}

extension [HeldOperations] {
    fileprivate mutating func add(_ key: OperationKey) {
        if let index = firstIndex(where: { $0.batch == key.batch && $0.attempt == key.attempt }) {
            self[index].operations.append(key.operation)
        } else {
            append(HeldOperations(batch: key.batch, attempt: key.attempt, operations: [key.operation]))
        }
    }
}

import BatchProgress

/// Progress for what is no terminal: lines that make sense in a log, and few of them.
///
/// A line at a batch's start, at each whole tenth or after ten seconds if something moved, after a minute even
/// if nothing did, a second after pauses, at failures and the end, and when the coordinator is lost or found again.
package struct PlainProgress: Sendable {
    private struct Batch {
        var event: BatchProgressEvent
        var saidAt: Timestamp
        var saidFinished: Int
        var saidPaused: Bool
        /// Nil while it isn't.
        var pausedSince: Timestamp?
        var failures = FailureLines()

        func isSettling(at now: Timestamp) -> Bool {
            pausedSince.map { now - $0 < settling } ?? false
        }
    }

    private static let interval = Duration.seconds(10)
    private static let signOfLife = Duration.seconds(60)
    /// After a pause what workers had not yet reported comes in: it isn't told before that.
    private static let settling = Duration.seconds(1)
    private static let longestLabel = 60

    private let style: ViewStyle
    private var batches: [BatchID: Batch] = [:]
    /// In the order of their first event.
    private var active: [BatchID] = []
    private var lostSince: Timestamp?

    /// - Parameter unicode: whether more than ASCII may be written.
    package init(unicode: Bool) {
        style = ViewStyle(colour: false, unicode: unicode)
    }

    /// A batch's state has changed.
    /// - Returns: the lines to print, without line breaks.
    package mutating func update(_ event: BatchProgressEvent, at now: Timestamp) -> [String] {
        // What is only just being submitted has no counts worth telling yet.
        guard event.totalOperations > 0 || event.status.isEnd else { return [] }
        guard var batch = batches[event.batchId] else { return begin(event, at: now) }
        guard !batch.event.status.isEnd else { return [] }
        let before = batch.event
        batch.event = event
        batch.pausedSince = event.isPaused ? batch.pausedSince ?? now : nil
        var lines = batch.failures.lines(for: event, at: now, style, marked: false).map(\.text)
        if event.status.isEnd {
            lines.append(Summary.sentence(event, style))
            active.removeAll { $0 == event.batchId }
        } else if !batch.isSettling(at: now),
            event.isPaused != batch.saidPaused || event.cancelling != before.cancelling
                || event.tenth > before.tenth(of: batch.saidFinished) || isDue(batch, at: now)
        {
            lines.append(say(&batch, at: now))
        }
        batches[event.batchId] = batch
        return lines
    }

    /// Time went on; to be called every second or so.
    package mutating func tick(at now: Timestamp) -> [String] {
        guard lostSince == nil else { return [] }
        var lines: [String] = []
        for id in active {
            guard var batch = batches[id], isDue(batch, at: now) else { continue }
            lines.append(say(&batch, at: now))
            batches[id] = batch
        }
        return lines
    }

    /// Nothing of the batch moves, for this reason; to be called once.
    package func standstill(_ reason: String, of event: BatchProgressEvent) -> String {
        "\(event.labelText(style, longest: Self.longestLabel)): \(reason)"
    }

    package mutating func coordinatorLost(at now: Timestamp) -> [String] {
        guard lostSince == nil else { return [] }
        lostSince = now
        return ["coordinator lost, trying again"]
    }

    package mutating func coordinatorFound(at now: Timestamp) -> [String] {
        guard let since = lostSince else { return [] }
        lostSince = nil
        return ["coordinator found again after \(HumanText.duration(seconds: (now - since).inSeconds))"]
    }

    private mutating func begin(_ event: BatchProgressEvent, at now: Timestamp) -> [String] {
        var batch = Batch(
            event: event, saidAt: now, saidFinished: event.finishedOperations, saidPaused: event.isPaused)
        let failures = batch.failures.lines(for: event, at: now, style, marked: false).map(\.text)
        batches[event.batchId] = batch
        guard !event.status.isEnd else { return failures + [Summary.sentence(event, style)] }
        active.append(event.batchId)
        return ["\(line(event)), id \(event.batchId)"] + failures
    }

    private func isDue(_ batch: Batch, at now: Timestamp) -> Bool {
        guard !batch.event.isPaused else { return !batch.saidPaused && !batch.isSettling(at: now) }
        let moved = batch.event.finishedOperations != batch.saidFinished
        return now - batch.saidAt >= (moved ? Self.interval : Self.signOfLife)
    }

    private func say(_ batch: inout Batch, at now: Timestamp) -> String {
        batch.saidAt = now
        batch.saidFinished = batch.event.finishedOperations
        batch.saidPaused = batch.event.isPaused
        return line(batch.event)
    }

    /// `thumbnails: 300 of 1,000 (30%), 2 failed, 41/s, 17s left`.
    private func line(_ event: BatchProgressEvent) -> String {
        let counts =
            "\(HumanText.count(event.finishedOperations)) of \(HumanText.count(event.totalOperations))"
        var parts = [
            "\(event.labelText(style, longest: Self.longestLabel)): \(counts) (\(event.percentText))"
        ]
        if event.failedOperations > 0 { parts.append("\(HumanText.count(event.failedOperations)) failed") }
        if event.cancelling == true { parts.append("cancelling") }
        if event.status == .paused { parts.append("paused") }
        if event.status == .processing {
            if let rate = event.operationsPerSecond.flatMap(HumanText.rate) { parts.append(rate) }
            if let left = event.estimatedSecondsRemaining.flatMap(HumanText.timeLeft) {
                parts.append("\(left) left")
            }
        }
        return parts.joined(separator: ", ")
    }
}

extension BatchProgressEvent {
    fileprivate var isPaused: Bool { status == .paused }

    fileprivate var tenth: Int { tenth(of: finishedOperations) }

    fileprivate func tenth(of finished: Int) -> Int {
        totalOperations > 0 ? Int(Double(finished) / Double(totalOperations) * 10) : 0
    }
}

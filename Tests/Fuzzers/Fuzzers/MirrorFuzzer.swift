import BatchClient
import BatchProgress

extension Fuzzer {
    /// Events, beacons and snapshots of any coordinator to the mirror of its batches, and whatever the mirror tells to
    /// all that shows it.
    static let mirror = Fuzzer(name: "mirror") { bytes in
        var choices = Choices(bytes)
        var now = Timestamp(microseconds: 1_700_000_000_000_000)
        var mirror = BatchMirror(at: now)
        var told: [BatchID: Int64] = [:]
        var actions = mirror.begin(at: now)
        var since: Int64?
        let views = Views()
        while !choices.isEmpty {
            for case .fetch(let revision) in actions { since = revision }
            for case .tell(let event) in actions {
                views.show(event)
                told[event.batchId] = event.revision
            }
            now = now + .milliseconds(choices.one(of: [0, 1, 300, 2100]))
            let epoch = choices.epoch()
            switch choices.below(8) {
            case 0...2: actions = mirror.receive(choices.event(), epoch: epoch, at: now)
            case 3: actions = mirror.receiveBeacon(revision: Int64(choices.number()), epoch: epoch, at: now)
            case 4, 5:
                actions = mirror.receiveSnapshot(
                    since: since, epoch: epoch, revision: Int64(choices.number()),
                    batches: choices.list(upTo: 4) { $0.event() }, next: choices.maybe { Int64($0.number()) },
                    at: now)
            default: actions = mirror.tick(at: now)
            }
            require(mirror.batches.values.allSatisfy { !$0.status.isEnd }, "one that ended is kept")
            _ = mirror.nextDeadline
        }
    }
}

extension Choices {
    fileprivate mutating func epoch() -> Int64 { one(of: [1, 1, 1, 1, 2, 2, 3, 0, .min, .max]) }

    private mutating func count() -> Int { one(of: [0, 1, 2, 5, 999, 1 << 53]) }

    /// One that could be decoded.
    fileprivate mutating func event() -> BatchProgressEvent {
        let (completed, failed, cancelled) = (below(4), below(4), below(4))
        let start = one(
            of: [-62_167_219_200_000_000, 0, 1_700_000_000_000_000, 253_402_300_799_000_000] as [Int64])
        let end = one(
            of: [-62_167_219_200_000_000, 0, 1_700_000_100_000_000, 253_402_300_799_000_000] as [Int64])
        let highest = one(of: [number(), number(), number(), 1 << 53])
        return BatchProgressEvent(
            batchId: batch(), totalOperations: min(1 << 53, max(count(), completed + failed + cancelled)),
            completedOperations: completed, failedOperations: failed,
            currentOperation: maybe { $0.text(upTo: 20) }, status: one(of: BatchStatus.allCases),
            errors: maybe { $0.list(upTo: 3) { $0.failure() } },
            revision: Int64(max(0, min(1 << 53, highest))),
            label: maybe { $0.text(upTo: 20) }, cancelledOperations: cancelled,
            retriedOperations: completed, progress: max(0, min(1, share())),
            operationsPerSecond: maybe { max(0, $0.share()) },
            estimatedSecondsRemaining: maybe { max(0, $0.share()) },
            startedAt: maybe { _ in Timestamp(microseconds: start) }, updatedAt: Timestamp(microseconds: end),
            cancelling: one(of: [nil, true, false]))
    }

    private mutating func failure() -> BatchFailure {
        BatchFailure(
            operation: number(), label: maybe { $0.text(upTo: 12) }, exitCode: maybe { $0.number() },
            message: text(upTo: 12))
    }
}

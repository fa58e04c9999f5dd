import BatchProgress

/// The rules by which a subscriber keeps a true copy of all batches, as a value: events, beacons and
/// snapshots go in, what to tell and what to fetch come out.
///
/// Revisions are one counter over all batches, and within an epoch each event has the next number. So a gap
/// shows itself, by the next event or by a beacon, and a snapshot mends it. Under another epoch the snapshot
/// replaces everything.
package struct BatchMirror: Sendable {
    package struct Configuration: Sendable {
        /// Without a beacon or an event for this long, the coordinator is taken for lost.
        package var silence: Duration = .seconds(2)
        /// A snapshot that didn't come is asked for again after this long.
        package var fetchAgain: Duration = .seconds(2)
        /// For this long after a word of a coordinator those of former ones aren't believed. Longer than a connection
        /// lives that nothing gets through (ZeroMQ's `SocketOptions`: 6 s).
        package var disbelief: Duration = .seconds(10)

        package init() {}
    }

    package enum Action: Hashable, Sendable {
        /// The batch's state is newer than the one told before.
        case tell(BatchProgressEvent)
        /// Ask for a snapshot: what ended after this revision is missed; nil: nothing that ended is.
        case fetch(since: Int64?)
        case lost
        /// The coordinator is back, and the mirror is true again.
        case caughtUp
    }

    /// The newest state of each batch that has not ended.
    package private(set) var batches: [BatchID: BatchProgressEvent] = [:]
    package private(set) var isLost = false
    /// How often something was missed and mended.
    package private(set) var mendedGaps = 0

    private let configuration: Configuration
    /// Of the newest word heard; a later start of the coordinator has a higher one.
    private var epoch: Int64?
    /// Of the snapshot that `batches` rests on.
    private var snapshotEpoch: Int64?
    /// All events up to this revision are known, or made up for.
    private var cursor: Int64 = 0
    /// Revisions above the cursor that came before those below them.
    private var ahead: Set<Int64> = []
    /// Batches whose end is above the cursor: older events of them may still come.
    private var endedAhead: [BatchID: Int64] = [:]
    private var lastHeard: Timestamp
    private var fetchedAt: Timestamp?
    private var isBehind = true

    package init(configuration: Configuration = Configuration(), at now: Timestamp) {
        self.configuration = configuration
        lastHeard = now
    }

    /// To be called first, once the subscription is made.
    package mutating func begin(at now: Timestamp) -> [Action] {
        [fetch(at: now)]
    }

    package mutating func receive(_ event: BatchProgressEvent, epoch: Int64, at now: Timestamp) -> [Action] {
        guard !isStale(epoch, at: now) else { return [] }
        var actions = heard(epoch: epoch, at: now)
        if event.revision > cursor {
            actions += apply(event)
            ahead.insert(event.revision)
        }
        return actions + advance(at: now)
    }

    package mutating func receiveBeacon(revision: Int64, epoch: Int64, at now: Timestamp) -> [Action] {
        guard !isStale(epoch, at: now) else { return [] }
        var actions = heard(epoch: epoch, at: now)
        if revision > cursor, ahead.isEmpty { actions += fallBehind(at: now) }
        return actions + advance(at: now)
    }

    /// A snapshot came, to a question with this `since`. `next`: it is one page, and what ended after this revision is still missed.
    package mutating func receiveSnapshot(
        since: Int64?, epoch: Int64, revision: Int64, batches events: [BatchProgressEvent], next: Int64?,
        at now: Timestamp
    ) -> [Action] {
        guard !isStale(epoch, at: now) else { return [] }
        let wasLost = isLost
        isLost = false
        lastHeard = now
        enter(epoch)
        let former = batches
        let isNewEpoch = epoch != snapshotEpoch
        if isNewEpoch {
            snapshotEpoch = epoch
            batches = batches.filter { ahead.contains($0.value.revision) && $0.value.revision > revision }
            cursor = min(cursor, revision)
        }
        var actions: [Action] = []
        let isNews = isNewEpoch || revision >= cursor
        if isNews {
            actions = events.sorted { $0.revision < $1.revision }.flatMap { event in
                apply(event).filter { _ in former[event.batchId]?.revision != event.revision }
            }
        }
        if let next {
            cursor = max(cursor, next)
            return actions + [fetch(at: now)]
        }
        if isNews {
            let present = Set(events.map(\.batchId))
            batches = batches.filter { present.contains($0.key) || $0.value.revision > revision }
            let seenTo = cursor
            cursor = revision
            // Asked for like the first one, though perhaps answered late, it tells only what is active: what was told
            // before and isn't in it has ended unseen.
            let unseen = former.values.filter { $0.revision <= revision && !present.contains($0.batchId) }
            if since == nil, let oldest = unseen.map(\.revision).min() {
                // Ends up to where nothing was missing have been told.
                cursor = max(seenTo, oldest)
                return actions + [fetch(at: now)]
            }
        }
        fetchedAt = nil
        if isBehind || wasLost { actions.append(.caughtUp) }
        isBehind = false
        return actions + advance(at: now)
    }

    package mutating func tick(at now: Timestamp) -> [Action] {
        if !isLost, lastHeard + configuration.silence <= now {
            isLost = true
            return [.lost]
        }
        if let fetchedAt, fetchedAt + configuration.fetchAgain <= now { return [fetch(at: now)] }
        return []
    }

    /// The next moment at which `tick` has something to do.
    package var nextDeadline: Timestamp? {
        let silence = isLost ? nil : lastHeard + configuration.silence
        return [silence, fetchedAt.map { $0 + configuration.fetchAgain }].compactMap(\.self).min()
    }

    /// Any word of the coordinator; the first one after a silence, or of another epoch, needs a snapshot.
    private mutating func heard(epoch: Int64, at now: Timestamp) -> [Action] {
        lastHeard = now
        guard isLost || epoch != self.epoch else { return [] }
        isLost = false
        enter(epoch)
        return fallBehind(at: now)
    }

    /// A word that a former coordinator said before it ended, and that was long on its way. Once nothing else was
    /// heard for longer than that can be, it is believed after all: the clock was set back between two starts.
    private func isStale(_ epoch: Int64, at now: Timestamp) -> Bool {
        guard let known = self.epoch, epoch < known else { return false }
        return now - lastHeard < configuration.disbelief
    }

    private mutating func enter(_ epoch: Int64) {
        guard epoch != self.epoch else { return }
        self.epoch = epoch
        ahead = []
    }

    private mutating func fallBehind(at now: Timestamp) -> [Action] {
        isBehind = true
        guard fetchedAt == nil else { return [] }
        mendedGaps += 1
        return [fetch(at: now)]
    }

    private mutating func fetch(at now: Timestamp) -> Action {
        fetchedAt = now
        return .fetch(since: snapshotEpoch == nil ? nil : cursor)
    }

    /// The state is told if it is newer than what is known of the batch.
    private mutating func apply(_ event: BatchProgressEvent) -> [Action] {
        let id = event.batchId
        if let known = batches[id]?.revision ?? endedAhead[id], event.revision <= known { return [] }
        guard event.status.isEnd else {
            batches[id] = event
            return [.tell(event)]
        }
        guard event.revision > cursor else { return [] }
        batches[id] = nil
        endedAhead[id] = event.revision
        return [.tell(event)]
    }

    /// Moves the cursor over what is known without a gap; a gap that stays is mended.
    private mutating func advance(at now: Timestamp) -> [Action] {
        // Numbers follow each other only within an epoch, so a new one begins with its snapshot.
        guard epoch == snapshotEpoch else { return [] }
        while ahead.remove(cursor &+ 1) != nil { cursor += 1 }
        ahead = ahead.filter { $0 > cursor }
        endedAhead = endedAhead.filter { $0.value > cursor }
        return ahead.isEmpty ? [] : fallBehind(at: now)
    }
}

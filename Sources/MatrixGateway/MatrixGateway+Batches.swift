import BatchClient
import BatchProgress
import Logging
import MatrixRoom

extension MatrixGateway {
    func followBatches() async throws {
        // Listened to first, so that nothing falls between what is asked and what is told.
        var updates = await batches.updates.listening()
        try await takeUpWhatWasLeft()
        while let update = await updates.next() {
            switch update {
            case .event(let event): try await take(event)
            case .lost: log.warning("the coordinator is away; messages stand until it is back")
            case .caughtUp: try await lookForTheLost()
            }
        }
        try Task.checkCancellation()
        throw BatchesEnded()
    }

    /// The connection was closed by whoever made it.
    private struct BatchesEnded: Error {}

    private func take(_ event: BatchProgressEvent) async throws {
        let id = event.batchId
        let shown = rooms.map { MessageKey(room: $0, batch: id) }.filter { schedule.follows($0) }
        schedule.take(event, at: clock.now)
        for key in shown where !schedule.follows(key) { try store.remove(key) }
        let isMissing = rooms.contains {
            schedule.isOpen($0) && !shown.contains(MessageKey(room: $0, batch: id))
        }
        if isMissing, !ignored.contains(id) { try await consider(event) }
        if event.status.isEnd { ignored.remove(id) }
        try note(revision: event.revision)
        waker.wake()
    }

    private func note(revision: Int64) throws {
        guard revision > newestRevision else { return }
        newestRevision = revision
        try store.setFact(.revision, to: revision)
    }

    /// Takes up a batch's messages where it should have some and hasn't.
    private func consider(_ event: BatchProgressEvent) async throws {
        var detail: BatchDetail?
        if needsDetails {
            do {
                detail = try await batches.batch(event.batchId).status()
            } catch let error as BatchClientError where !error.isOfNoBatch {
                // Looked at again with its next event, when the coordinator is back.
                return
            } catch is BatchClientError {}
        }
        guard configuration.choice.includes(label: event.label, actor: detail?.actor) else {
            // Somebody may watch it all the same.
            return try noteIgnored(event, followingKept(event, asker: nil))
        }
        let asker = detail?.actor.flatMap { configuration.mentions[$0] }
        var isShown = false
        for room in rooms { isShown = try follow(event, in: room, asker: asker) || isShown }
        noteIgnored(event, isShown)
    }

    private func noteIgnored(_ event: BatchProgressEvent, _ isShown: Bool) {
        if !isShown, !event.status.isEnd { ignored.insert(event.batchId) }
    }

    private func followingKept(_ event: BatchProgressEvent, asker: MatrixUserID?) throws -> Bool {
        var isShown = false
        for room in rooms where try store.message(MessageKey(room: room, batch: event.batchId)) != nil {
            isShown = try follow(event, in: room, asker: asker) || isShown
        }
        return isShown
    }

    /// - Returns: whether it is followed now.
    func follow(_ event: BatchProgressEvent, in room: String, asker: MatrixUserID?) throws -> Bool {
        let key = MessageKey(room: room, batch: event.batchId)
        if schedule.follows(key) { return true }
        let kept = try store.message(key)
        schedule.follow(event, in: room, asker: asker, kept: kept, at: clock.now)
        // From now on, so that a kill before the first message isn't the end of it.
        if let kept = schedule.kept(key) { try save(kept, of: key) }
        return schedule.follows(key)
    }

    private var needsDetails: Bool {
        !configuration.choice.actors.isEmpty || !configuration.mentions.isEmpty
    }

    // MARK: After a start, and after the coordinator's

    /// What was begun by an earlier run, and what ended while there was none.
    private func takeUpWhatWasLeft() async throws {
        for key in try store.unfinishedMessages() where rooms.contains(key.room) {
            try await takeUp(key)
        }
        guard let revision: Int64 = try store.fact(.revision) else { return }
        let missed = (try? await batches.recentBatches()) ?? []
        for event in missed.map(\.event).sorted(by: { $0.revision < $1.revision })
        where event.status.isEnd && event.revision > revision {
            try await take(event)
        }
    }

    private func takeUp(_ key: MessageKey) async throws {
        do {
            let detail = try await batches.batch(key.batch).status()
            let asker = detail.actor.flatMap { configuration.mentions[$0] }
            _ = try follow(detail.event, in: key.room, asker: asker)
            if !schedule.follows(key) { try store.remove(key) }
            waker.wake()
        } catch let error as BatchClientError where error.isOfNoBatch {
            try leave(key)
        } catch is BatchClientError {
            // The coordinator is away: of what it still knows it tells when it is back.
        }
    }

    /// A coordinator that came back with another store doesn't know what the former one did.
    private func lookForTheLost() async throws {
        for key in try store.unfinishedMessages() where rooms.contains(key.room) {
            if schedule.follows(key) {
                do {
                    _ = try await batches.batch(key.batch).status()
                } catch let error as BatchClientError where error.isOfNoBatch {
                    try leave(key)
                } catch is BatchClientError {}
            } else {
                try await takeUp(key)
            }
        }
    }

    private func leave(_ key: MessageKey) throws {
        log.warning(
            "a batch is unknown to the coordinator; its message is left as it is",
            metadata: ["room": "\(key.room)", "batch": "\(key.batch)"])
        guard var kept = try schedule.drop(key) ?? store.message(key) else { return }
        kept.isLeftAlone = true
        try save(kept, of: key)
    }
}

extension BatchClientError {
    fileprivate var isOfNoBatch: Bool { code == .unknownBatch || code == .forgotten }
}

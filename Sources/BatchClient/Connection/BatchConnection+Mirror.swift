import BatchProgress
import BatchProtocol
import ZeroMQ

extension BatchConnection {
    func drainEvents() {
        for _ in 0..<256 {
            guard !isClosed, case .message(let frames)? = try? events.receive() else { break }
            do throws(WireError) {
                take(try EventMessage(frames: frames))
            } catch {
                // What can't be understood shows itself as a gap, and is mended.
                if error.code == .wrongVersion { incompatibility = error.message }
            }
        }
        if !isClosed { setTimer() }
    }

    private func take(_ message: EventMessage) {
        incompatibility = nil
        switch message {
        case .progress(let event, let epoch):
            metrics.tookEvent()
            perform(mirror.receive(event, epoch: epoch, at: clock.now))
        case .beacon(let epoch, let revision):
            perform(mirror.receiveBeacon(revision: revision, epoch: epoch, at: clock.now))
        }
    }

    func perform(_ actions: [BatchMirror.Action]) {
        metrics.mended(mirror.mendedGaps)
        // Not only once it has caught up: probes say the same as this.
        metrics.set(connected: !mirror.isLost)
        for action in actions {
            switch action {
            case .tell(let event): tell(.event(event))
            case .lost: tell(.lost)
            case .caughtUp:
                resendRequests(all: true)
                tell(.caughtUp)
            case .fetch(let since): Task { await fetch(since: since) }
            }
        }
    }

    /// A snapshot that doesn't come is asked for again by the mirror.
    private func fetch(since: Int64?) async {
        guard
            let (header, frames): (SnapshotAnswer, [Frame]) = try? await askWithFrames(
                .snapshot(SnapshotRequest(since: since)), timeout: .seconds(2)),
            !isClosed
        else { return }
        let events = frames.compactMap { try? WireFormat.decode([BatchProgressEvent].self, from: $0) }
        guard events.count == frames.count else { return }
        let actions = mirror.receiveSnapshot(
            since: since, epoch: header.epoch, revision: header.revision, batches: events.flatMap(\.self),
            next: header.next, at: clock.now)
        metrics.tookSnapshot()
        perform(actions)
        setTimer()
    }

    private func tell(_ update: BatchUpdate) {
        for entry in queues.values { entry.queue?.put(update) }
    }

    func addQueue(for batch: BatchID?) -> UpdateQueue {
        nextQueue += 1
        let id = nextQueue
        let queue = UpdateQueue(batch: batch) { [weak self] in
            guard let self else { return }
            loop.execute { self.assumeIsolated { $0.keep(nil, id) } }
        }
        keep(WeakQueue(queue: queue), id)
        if isClosed { queue.finish() }
        return queue
    }

    private func keep(_ queue: WeakQueue?, _ id: UInt64) {
        queues[id] = queue
        metrics.set(readers: queues.count)
    }
}

struct WeakQueue {
    weak var queue: UpdateQueue?
}

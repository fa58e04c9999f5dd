import BatchClient
import BatchProgress

/// A gateway: its mirror of all batches, and what it was told last of each.
final class SimulatedSubscriber {
    let world: World
    unowned let coordinator: SimulatedCoordinator
    private var mirror: BatchMirror
    private(set) var told: [BatchID: BatchProgressEvent] = [:]
    /// Of the first snapshot: what ended before it is nothing to this subscriber.
    private(set) var beganAt: Int64?
    /// Heard so far; a mirror doesn't believe a snapshot of an earlier one.
    private var newestEpoch: Int64 = 0
    private var wake: Timestamp?
    private var isStopped = false

    init(world: World, coordinator: SimulatedCoordinator) {
        self.world = world
        self.coordinator = coordinator
        mirror = BatchMirror(at: world.now)
        perform(mirror.begin(at: world.now))
    }

    /// Hears nothing for a while: what is sent meanwhile is lost to it.
    func stop(for duration: Duration) {
        world.occurrences.note("subscriber stopped")
        isStopped = true
        world.after(duration) { self.isStopped = false }
    }

    var hasEmptyMirror: Bool { mirror.batches.isEmpty }

    func receive(_ event: BatchProgressEvent, epoch: Int64) {
        guard !isStopped else { return }
        newestEpoch = max(newestEpoch, epoch)
        perform(mirror.receive(event, epoch: epoch, at: world.now))
    }

    func receiveBeacon(epoch: Int64, revision: Int64) {
        guard !isStopped else { return }
        newestEpoch = max(newestEpoch, epoch)
        perform(mirror.receiveBeacon(revision: revision, epoch: epoch, at: world.now))
    }

    private func perform(_ actions: [BatchMirror.Action]) {
        for action in actions {
            switch action {
            case .tell(let event): tell(event)
            case .fetch(let since): fetch(since: since)
            case .lost: world.occurrences.note("subscriber lost the coordinator")
            case .caughtUp: world.occurrences.note("subscriber caught up")
            }
        }
        scheduleWake()
    }

    private func tell(_ event: BatchProgressEvent) {
        if let former = told[event.batchId] {
            if former.status.isEnd {
                coordinator.checks.fail("told of \(Checks.brief(event)) after \(Checks.brief(former))")
            }
            if former.revision >= event.revision {
                coordinator.checks.fail("went back from \(Checks.brief(former)) to \(Checks.brief(event))")
            }
        }
        told[event.batchId] = event
    }

    private func fetch(since: Int64?) {
        world.occurrences.note("snapshot asked for")
        world.deliver("request") {
            self.coordinator.snapshot(since: since) { epoch, revision, batches in
                self.world.deliver("answer") {
                    guard !self.isStopped else { return }
                    if epoch >= self.newestEpoch { self.beganAt = self.beganAt ?? revision }
                    self.newestEpoch = max(self.newestEpoch, epoch)
                    self.perform(
                        self.mirror.receiveSnapshot(
                            since: since, epoch: epoch, revision: revision, batches: batches, next: nil,
                            at: self.world.now))
                }
            }
        }
    }

    private func scheduleWake() {
        guard let deadline = mirror.nextDeadline, wake.map({ deadline < $0 || $0 <= world.now }) ?? true
        else { return }
        wake = deadline
        world.after(max(deadline - world.now, .zero)) {
            guard self.wake == deadline else { return }
            self.wake = nil
            self.perform(self.mirror.tick(at: self.world.now))
        }
    }
}

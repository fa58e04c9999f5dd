import BatchEngine
import BatchProgress
import BatchProtocol
import BatchStore
import Logging
import ZeroMQ

extension Coordinator {
    /// A client that said nothing for so long is gone. They all say something every two seconds.
    private static let clientPatience: Duration = .seconds(6)

    func publish(_ event: BatchProgressEvent) {
        published = event.revision
        metrics.sentEvent()
        send(.progress(event, epoch: epoch))
    }

    /// Tells the state of the counter, and looks whether anybody is still there.
    func beat() {
        guard !isStopping else { return }
        noticeAbsence()
        resumeIfHeld()
        refreshAllowList()
        // Its end: no socket could be had for events.
        guard !isStopping else { return }
        send(.beacon(epoch: epoch, revision: published))
        timers?.beacon.set(at: ContinuousClock.now + configuration.beacon)
        forgetTheSilent()
        leaveIfIdle()
    }

    /// Forgets what ended long ago, in small steps.
    func sweep() {
        store.sweep(configuration.retention, at: clock.now, limit: 50) { result in
            self.loop.execute { self.assumeIsolated { $0.swept(result.map(\.self)) } }
        }
    }

    private func swept(_ result: Result<Bool, some Error>) {
        guard !isStopping else { return }
        if case .failure(let error) = result {
            log.warning("old batches could not be forgotten", metadata: ["error": "\(error)"])
        }
        let hasMore = (try? result.get()) ?? false
        timers?.sweep.set(at: ContinuousClock.now + (hasMore ? .milliseconds(50) : .seconds(60)))
    }

    private func send(_ message: EventMessage) {
        do {
            // A subscriber that doesn't keep up misses it, and mends that by a snapshot.
            try events.send(message.frames)
        } catch {
            log.error("events failed", metadata: ["error": "\(error)"])
        }
    }

    /// Clients that say nothing any more, and routes of workers that are lost.
    private func forgetTheSilent() {
        let now = clock.now
        clients = clients.filter { now - $0.value < Self.clientPatience }
        routes = routes.filter { engine.knows($0.key) }
        budget.forgetTheRested(at: now)
    }

    private func leaveIfIdle() {
        guard let limit = configuration.idleLimit else { return }
        let now = clock.now
        guard clients.isEmpty, !engine.hasWorkers, !engine.hasWork else {
            idleSince = nil
            return
        }
        let since = idleSince ?? now
        idleSince = since
        guard now - since >= limit else { return }
        log.info("nobody is here and nothing to do")
        stop()
    }
}

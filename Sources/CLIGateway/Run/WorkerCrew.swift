import BatchProgress
import Dispatch
import Foundation
import LocalFleet
import Synchronization

/// The workers of one run, with as many slots together as jobs were asked for.
final class WorkerCrew: Sendable {
    /// A worker that ends by itself is replaced, but not without end.
    private static let replacements = 5
    /// More processes than this don't make starting commands any faster.
    private static let mostWorkers = 4

    private struct State {
        var workers: [LocalWorker] = []
        var replaced = 0
        var isDraining = false
    }

    private let make: @Sendable (_ slots: Int) throws -> LocalWorker
    private let relay: RelayReader
    private let shares: [Int]
    private let state = Mutex(State())

    init(
        executable: String, address: CoordinatorAddress, lane: BatchID, jobs: Int, folder: StateFolder,
        relay: RelayReader
    ) throws {
        self.relay = relay
        let count = min(jobs, ProcessInfo.processInfo.activeProcessorCount, Self.mostWorkers)
        shares = (0..<count).map { (jobs + $0) / count }
        make = { slots in
            try LocalWorker(
                executable: executable, address: address, lane: lane.description, slots: slots, folder: folder
            )
        }
        for slots in shares {
            let worker = try make(slots)
            state.withLock { $0.workers.append(worker) }
        }
    }

    /// Nothing more is started, and what runs ends; called again, what runs is ended.
    func drain() {
        let workers = state.withLock { state in
            state.isDraining = true
            return state.workers
        }
        for worker in workers { worker.drain() }
    }

    /// Ends whatever still is there, at once.
    func end() {
        for worker in state.withLock({ $0.workers }) { worker.cut() }
    }

    /// Returns when all workers have ended and all that they relayed is written.
    func untilGone() async {
        let workers = state.withLock { $0.workers }
        await withTaskGroup(of: Void.self) { group in
            for (worker, slots) in zip(workers, shares) {
                group.addTask { await self.accompany(worker, slots) }
            }
        }
    }

    private func accompany(_ first: LocalWorker, _ slots: Int) async {
        var worker = first
        while true {
            await relay.read(from: worker.relay)
            await end(of: worker)
            guard let next = replacement(for: worker, slots) else { return }
            worker = next
        }
    }

    private func end(of worker: LocalWorker) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                _ = worker.wait()
                continuation.resume()
            }
        }
    }

    private func replacement(for worker: LocalWorker, _ slots: Int) -> LocalWorker? {
        let mayReplace = state.withLock { state in
            state.workers.removeAll { $0 === worker }
            state.replaced += 1
            return !state.isDraining && state.replaced <= Self.replacements
        }
        guard mayReplace, let new = try? make(slots) else { return nil }
        state.withLock { $0.workers.append(new) }
        return new
    }
}

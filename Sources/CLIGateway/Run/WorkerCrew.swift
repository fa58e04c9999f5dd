import BatchProgress
import BatchProtocol
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

    /// A worker for each job, as far as there are cores: commands start sooner when not one process starts them
    /// all. More jobs than cores are commands that mostly wait: one worker hands those out evenly to the last.
    private static func workerCount(jobs: Int) -> Int {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        return jobs > cores ? 1 : min(jobs, mostWorkers)
    }

    private struct State {
        var workers: [LocalWorker] = []
        var replaced = 0
        /// What all were told last; nil: to work.
        var lastOrder: RelayOrder?
        /// How many of the first workers the coordinator didn't let in.
        var refused = 0
    }

    private let make: @Sendable (_ slots: Int) throws -> LocalWorker
    private let relay: RelayReader
    private let shares: [Int]
    private let state = Mutex(State())

    init(
        _ request: RunRequest, address: CoordinatorAddress, lane: BatchID, folder: StateFolder,
        relay: RelayReader
    ) throws {
        self.relay = relay
        let jobs = request.usefulJobs
        let count = Self.workerCount(jobs: jobs)
        shares = (0..<count).map { (jobs + $0) / count }
        let options =
            (request.output.results.map { ["--results", $0.path] } ?? [])
            + (request.output.needsAllEnds ? ["--tell-all"] : [])
            + (request.failureLimit == nil ? [] : ["--ask-after-failures"])
        make = { [executable = request.executable] slots in
            let worker = try LocalWorker(
                executable: executable, address: address, lane: lane.description, slots: slots,
                options: options, folder: folder)
            relay.add(worker.relay)
            return worker
        }
        for slots in shares {
            let worker = try make(slots)
            state.withLock { $0.workers.append(worker) }
        }
    }

    /// Whether the coordinator let none of them in, ever: nothing of the batch was begun.
    var wasRefused: Bool { state.withLock { $0.refused == shares.count } }

    /// Nothing more is started, and what runs ends: by itself, or, with `stop`, soon.
    func end(_ order: RelayOrder) {
        state.withLock { state in
            state.lastOrder = order
            for worker in state.workers { worker.tell(order.rawValue) }
        }
    }

    /// Ends whatever still is there, at once.
    func cut() {
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
            await relay.read(from: worker.relay) { [worker] in worker.tell($0.rawValue) }
            guard await exitCode(of: worker) != ExitCode.workerRefused.rawValue else {
                return state.withLock { $0.refused += worker === first ? 1 : 0 }
            }
            guard let next = replacement(for: worker, slots) else { return }
            worker = next
        }
    }

    private func exitCode(of worker: LocalWorker) async -> Int32? {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: worker.wait()) }
        }
    }

    private func replacement(for worker: LocalWorker, _ slots: Int) -> LocalWorker? {
        state.withLock { state in
            state.workers.removeAll { $0 === worker }
            state.replaced += 1
            guard state.lastOrder == nil, state.replaced <= Self.replacements, let new = try? make(slots)
            else { return nil }
            state.workers.append(new)
            return new
        }
    }
}

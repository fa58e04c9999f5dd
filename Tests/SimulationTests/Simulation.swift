import BatchEngine
import BatchProgress
import BatchProtocol

/// One seed: a coordinator, workers, subscribers and clients, a minute of faults, then a tail without.
struct Simulation {
    let seed: UInt64
    let makeStore: () throws -> any SimulatedStore

    struct Result {
        var failures: [String]
        var occurrences: Occurrences
    }

    func run() throws -> Result {
        let world = World(seed: seed, faultsFor: .seconds(20))
        var configuration = BatchEngine.Configuration()
        configuration.revisionBlock = 50
        configuration.operationsPerGrant = 6
        configuration.operationsPerCopy = 3
        let checks = Checks(world: world, interval: configuration.eventInterval)
        let store = try makeStore()
        let coordinator = SimulatedCoordinator(
            world: world, store: store, configuration: configuration, checks: checks)
        coordinator.subscribers = (0..<2).map { _ in
            SimulatedSubscriber(world: world, coordinator: coordinator)
        }
        defer {
            world.end()
            coordinator.workers = [:]
        }
        let workers = (0..<3).map { SimulatedWorker(world: world, coordinator: coordinator, name: "w\($0)") }
        let clients = (0..<3).map { makeClient($0, world, coordinator) }
        scheduleFaults(world, coordinator, workers)
        for client in clients { scheduleControl(of: client.request.id, world, coordinator) }
        let limit = world.faultsEnd + .seconds(4000)
        var steps = 0
        var settled: Timestamp?
        while settled.map({ world.now < $0 }) ?? true {
            guard world.step(), world.now < limit, checks.failures.isEmpty else { break }
            steps += 1
            if steps > 60_000 {
                checks.fail("no end in sight: \(coordinator.engine?.activeEvents.map(Checks.brief) ?? [])")
            }
            if settled == nil, world.now > world.faultsEnd, clients.allSatisfy(\.isSealed),
                coordinator.engine?.batchCount == 0
            {
                // Time for what is still on its way, for leases of the dead, and for the mirrors.
                settled = world.now + .seconds(12)
                world.isClosing = true
            }
        }
        if settled == nil, checks.failures.isEmpty { checks.fail("not all batches ended") }
        if checks.failures.isEmpty { checks.finish(store, coordinator.engine, coordinator.subscribers) }
        return Result(failures: checks.failures, occurrences: world.occurrences)
    }

    private func makeClient(
        _ index: Int, _ world: World, _ coordinator: SimulatedCoordinator
    ) -> SimulatedClient {
        let count = Int.random(in: 1...40, using: &world.random)
        let operations = (0..<count).map { number in
            let instruction: UInt8 =
                world.chance(0.85)
                ? Instruction.succeeding
                : [Instruction.failing, Instruction.flaky, Instruction.deadly].randomElement(
                    using: &world.random) ?? 0
            return BatchOperation(
                type: world.chance(0.8) ? "work" : "mail", data: [instruction], label: "op \(number)")
        }
        guard let id = BatchID("batch-\(index)") else { preconditionFailure("a valid id") }
        let request = BatchRequest(
            id: id, label: "Batch \(index)", retries: world.chance(0.5) ? 2 : 0,
            onLost: world.chance(0.7) ? .retry : .fail, isPrivate: index == 2,
            onEnd: index == 0 ? nil : EndAction(type: "mail", data: ["to": .string("ada")]))
        return SimulatedClient(
            world: world, coordinator: coordinator, request: request, operations: operations)
    }

    private func scheduleFaults(
        _ world: World, _ coordinator: SimulatedCoordinator, _ workers: [SimulatedWorker]
    ) {
        world.after(world.duration(50_000...3_000_000)) {
            guard world.isFaulty else { return }
            switch Int.random(in: 0..<10, using: &world.random) {
            case 0..<2 where coordinator.isUp: coordinator.kill()
            case 2..<6: workers.randomElement(using: &world.random)?.kill()
            case 6: workers.randomElement(using: &world.random)?.drain()
            case 7: lie(to: coordinator, world)
            default:
                coordinator.subscribers.randomElement(using: &world.random)?.stop(
                    for: world.duration(100_000...10_000_000))
            }
            scheduleFaults(world, coordinator, workers)
        }
    }

    /// A stranger claims to have finished what it was never granted.
    private func lie(to coordinator: SimulatedCoordinator, _ world: World) {
        guard let batch = coordinator.engine?.activeEvents.randomElement(using: &world.random) else { return }
        coordinator.receive(
            ReportMessage(
                session: "stranger", report: 1, batch: batch.batchId,
                attempt: Int.random(in: 1...2, using: &world.random),
                completed: Array(0..<max(1, batch.totalOperations))))
    }

    /// Some batches are paused and resumed, some cancelled, some retried when they have failed.
    private func scheduleControl(of id: BatchID, _ world: World, _ coordinator: SimulatedCoordinator) {
        world.after(world.duration(100_000...12_000_000)) {
            let choice = world.random.next() % 3
            guard choice < 2 else { return retry(id, world, coordinator) }
            coordinator.checks.urgent(id)
            coordinator.turn { engine, turn in
                if choice == 0 { try? engine.cancel(id, known: nil, in: &turn) }
                if choice == 1 { try? engine.pause(id, known: nil, in: &turn) }
                world.occurrences.note(choice == 0 ? "cancelled" : "paused")
                return nil
            }
        }
        resume(id, world, coordinator)
    }

    /// Until the faults are over nobody stays paused for good.
    private func resume(_ id: BatchID, _ world: World, _ coordinator: SimulatedCoordinator) {
        world.after(.seconds(12)) {
            coordinator.checks.urgent(id)
            coordinator.turn { engine, turn in
                try? engine.resume(id, known: nil, in: &turn)
                return nil
            }
            if world.now < world.faultsEnd + .seconds(30) { resume(id, world, coordinator) }
        }
    }

    private func retry(_ id: BatchID, _ world: World, _ coordinator: SimulatedCoordinator) {
        world.after(.seconds(2)) {
            guard !world.isClosing else { return }
            guard let new = BatchID("\(id)-again"), let source = try? coordinator.store.record(of: id),
                source.isEnded, source.failed > 0
            else { return retry(id, world, coordinator) }
            coordinator.turn { engine, turn in
                let lostOnly = source.lost > 0 && world.chance(0.5)
                let order = BatchRetry(id: new, lostOnly: lostOnly)
                guard (try? engine.retry(source, as: order, known: nil, in: &turn)) != nil else { return nil }
                coordinator.checks.retried(source, as: order)
                world.occurrences.note(lostOnly ? "retried what was lost" : "retried as a new batch")
                return nil
            }
        }
    }
}

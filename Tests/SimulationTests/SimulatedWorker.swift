import BatchEngine
import BatchProgress
import BatchProtocol
import BatchWorker

/// A worker process: its rules, and operations that take their time.
final class SimulatedWorker {
    let world: World
    let coordinator: SimulatedCoordinator
    let name: String
    private var session: WorkerSession?
    private var sessionID: SessionID?
    private var run = 0
    private var wake: Timestamp?
    private(set) var isDraining = false
    /// What this run of it has given back.
    private var givenBack: Set<OperationKey> = []

    init(world: World, coordinator: SimulatedCoordinator, name: String) {
        self.world = world
        self.coordinator = coordinator
        self.name = name
        start()
    }

    func kill() {
        guard session != nil else { return }
        world.occurrences.note("worker killed")
        leave()
    }

    func drain() {
        guard var session, !isDraining else { return }
        isDraining = true
        world.occurrences.note("worker drained")
        perform(session.drain(at: world.now), &session)
    }

    func receive(_ order: WorkerOrder) {
        guard var session else { return }
        if case .grant(let grant, _) = order, grant.attempt > 1 { world.occurrences.note("granted again") }
        perform(session.receive(order, at: world.now), &session)
    }

    private func start() {
        run += 1
        isDraining = false
        givenBack = []
        let id = "\(name)-\(run)"
        sessionID = SessionID(id)
        var configuration = WorkerSession.Configuration()
        configuration.operationsPerReport = 4
        let slots = Int.random(in: 1...3, using: &world.random)
        var session = WorkerSession(
            session: id, introduction: .init(name: name, types: ["work", "mail"], slots: slots),
            configuration: configuration, at: world.now)
        if let sessionID { coordinator.workers[sessionID] = self }
        perform(session.begin(at: world.now), &session)
    }

    /// Gone, and after a while another one of the same name is there.
    private func leave() {
        if let sessionID { coordinator.workers[sessionID] = nil }
        session = nil
        wake = nil
        run += 1
        world.after(world.duration(100_000...9_000_000)) { self.start() }
    }

    private func perform(_ actions: [WorkerSession.Action], _ session: inout WorkerSession) {
        self.session = session
        for action in actions { perform(action) }
        scheduleWake()
    }

    private func perform(_ action: WorkerSession.Action) {
        switch action {
        case .send(let message):
            if case .release(let release) = message.verb { gaveBack(release) }
            world.deliver("worker's message") { self.coordinator.receive(message) }
        case .report(let report):
            if !(report.started ?? []).isEmpty { world.occurrences.note("start reported") }
            world.deliver("report") { self.coordinator.receive(report) }
        case .start(let key, _, let data): execute(key, data)
        case .stop(let key):
            world.occurrences.note("operation stopped")
            finish(key, OperationOutcome(kind: .cancelled), after: world.duration(100...100_000))
        case .lostCoordinator: world.occurrences.note("worker lost the coordinator")
        case .foundCoordinator: world.occurrences.note("worker found the coordinator")
        case .drained: leave()
        }
    }

    private func gaveBack(_ release: WorkerMessage.Release) {
        world.occurrences.note("given back")
        for operation in release.operations {
            let key = OperationKey(
                batch: release.batch, operation: operation, attempt: release.attempt ?? 0)
            if !givenBack.insert(key).inserted { world.occurrences.note("given back again") }
        }
    }

    /// The data says how often the operation fails before it succeeds; it may kill its worker.
    private func execute(_ key: OperationKey, _ data: [UInt8]) {
        coordinator.checks.started(key)
        if givenBack.contains(key) {
            coordinator.checks.fail("\(name) started \(key), which it had given back")
        }
        if data.first == Instruction.deadly, world.chance(0.7) {
            world.occurrences.note("operation killed its worker")
            return world.after(.milliseconds(5)) { self.kill() }
        }
        let fails =
            data.first == Instruction.failing || (data.first == Instruction.flaky && world.chance(0.5))
        let outcome =
            fails
            ? OperationOutcome(kind: .failed, exitCode: 1, message: "no luck")
            : OperationOutcome(kind: .completed)
        let time = world.chance(0.1) ? world.duration(50_000...3_000_000) : world.duration(100...60_000)
        if world.chance(0.2) { progress(key, after: time / 2) }
        finish(key, outcome, after: time)
    }

    private func progress(_ key: OperationKey, after delay: Duration) {
        let run = run
        world.after(delay) {
            guard self.run == run, var session = self.session else { return }
            self.perform(session.progressed(key, 0.5, message: "half", at: self.world.now), &session)
        }
    }

    private func finish(_ key: OperationKey, _ outcome: OperationOutcome, after delay: Duration) {
        let run = run
        world.after(delay) {
            // A stopped operation ends once, in whichever way comes first.
            guard self.run == run, var session = self.session, session.isRunning(key) else { return }
            self.coordinator.checks.ran(key, outcome)
            self.perform(session.finished(key, outcome, at: self.world.now), &session)
        }
    }

    private func scheduleWake() {
        guard let deadline = session?.nextDeadline, wake.map({ deadline < $0 || $0 <= world.now }) ?? true
        else { return }
        wake = deadline
        let run = run
        world.after(max(deadline - world.now, .zero)) {
            guard self.run == run, self.wake == deadline, var session = self.session else { return }
            self.wake = nil
            self.perform(session.tick(at: self.world.now), &session)
        }
    }
}

/// What an operation's data makes the simulated worker do.
enum Instruction {
    static let succeeding: UInt8 = 0
    static let failing: UInt8 = 1
    static let flaky: UInt8 = 2
    static let deadly: UInt8 = 3
}

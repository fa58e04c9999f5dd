import BatchEngine
import BatchProgress

/// Somebody who submits a batch in chunks over a bad line, asking again until it is answered, and then
/// perhaps changes its course.
final class SimulatedClient {
    let world: World
    let coordinator: SimulatedCoordinator
    let request: BatchRequest
    let operations: [BatchOperation]
    private(set) var isSealed = false
    private var step = 0

    init(world: World, coordinator: SimulatedCoordinator, request: BatchRequest, operations: [BatchOperation])
    {
        self.world = world
        self.coordinator = coordinator
        self.request = request
        self.operations = operations
        open()
    }

    private func open() {
        guard !isSealed else { return }
        ask { engine, turn, known in
            try engine.open(self.request, known: known, in: &turn)
        } then: { opened in
            guard let opened else { return self.open() }
            if opened.sealed { self.sealed() } else { self.add(from: opened.total) }
        }
    }

    private func add(from first: Int) {
        guard first < operations.count else { return seal() }
        let count = Int.random(in: 1...7, using: &world.random)
        let chunk = Array(operations[first..<min(first + count, operations.count)])
        ask { engine, turn, _ in
            _ = try engine.add(first: first, chunk, digest: nil, to: self.request.id, in: &turn)
            return nil
        } then: { _ in
            // The answer may be lost and the chunk be there: `open` says where to go on.
            self.open()
        }
    }

    private func seal() {
        ask { engine, turn, known in
            if engine.record(of: self.request.id)?.sealed == false {
                self.coordinator.checks.urgent(self.request.id)
            }
            return try engine.seal(
                self.request.id, total: self.operations.count, digest: nil, known: known, in: &turn)
        } then: { _ in
            self.open()
        }
    }

    private func sealed() {
        guard !isSealed else { return }
        isSealed = true
        coordinator.checks.accepted(request.id, total: operations.count)
    }

    /// Asks, and goes on with the answer, or without one when none has come for a second.
    private func ask(
        _ body: @escaping (inout BatchEngine, inout Turn, BatchRecord?) throws -> OpenedBatch?,
        then proceed: @escaping (OpenedBatch?) -> Void
    ) {
        step += 1
        let current = step
        func goOn(_ opened: OpenedBatch?) {
            guard step == current else { return }
            step += 1
            proceed(opened)
        }
        world.deliver("request") {
            self.coordinator.withRecord(of: self.request.id) { known, engine, turn in
                do {
                    let opened = try body(&engine, &turn, known)
                    return { self.world.deliver("answer") { goOn(opened) } }
                } catch Refusal.alreadyEnded {
                    // Cancelled before it was sealed: there is nothing to go on with.
                    return { self.isSealed = true }
                } catch {
                    return { self.world.deliver("answer") { goOn(nil) } }
                }
            }
        }
        world.after(.seconds(1)) { goOn(nil) }
    }
}

import BatchEngine
import BatchProgress
import BatchStore
import ZeroMQ

/// What turns asked for that waits for their changes to be durable.
struct PendingTurns {
    var changes: [Change] = []
    var effects: [Effect] = []
    /// How many changes of batches left without an event of their own.
    var untoldChanges = 0

    var isEmpty: Bool { changes.isEmpty && effects.isEmpty }

    /// The grants among the effects, whose operations have to be loaded, in their order.
    var grants: [Grant] {
        effects.compactMap { effect in
            if case .directive(.grant(let grant)) = effect { grant } else { nil }
        }
    }

    mutating func takeAll() -> PendingTurns {
        defer { self = PendingTurns() }
        return self
    }
}

extension Turn {
    /// Changes of batches whose events the limiter gathers: a later one tells of them.
    var untoldChanges: Int {
        var told: Set<BatchID> = []
        for case .publish(let event) in directives { told.insert(event.batchId) }
        return changes.count { change in
            if case .batch(let record) = change { !told.contains(record.request.id) } else { false }
        }
    }
}

enum Effect {
    case directive(Directive)
    case answer(ClientRequest, [Frame])
    case acknowledge(SessionID, report: Int64)
    /// A question for the store, and how to go on with its answer.
    case ask(ClientRequest, Question)
}

typealias Question = @Sendable (StoreConnection) throws -> @Sendable (isolated Coordinator) -> Void

/// Whom an answer goes to.
struct ClientRequest: Sendable {
    var identity: Frame
    var id: Int?
}

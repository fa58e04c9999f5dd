import BatchEngine
import BatchProgress
import BatchStore
import ZeroMQ

/// What turns asked for that waits for their changes to be durable.
struct PendingTurns {
    var changes: [Change] = []
    var effects: [Effect] = []

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

import BatchProgress

/// A batch that is followed as a task. Its id is the batch's, so any gateway knows it, also after a restart, for as
/// long as the coordinator keeps the batch.
///
/// In revision 2025-11-25 a call says that it is to become a task ("Tasks"); with 2026-07-28 the client declares the
/// extension, and the server decides. A call that is told progress stays one: tasks tell none.
package struct BatchTask: Sendable {
    static let extensionName = "io.modelcontextprotocol/tasks"
    /// Milliseconds. A batch has at most two events a second.
    private static let pollInterval: JSONValue = 2000

    package let id: String
    package let isOver: Bool
    /// How far it is.
    let message: String
    let createdAt: JSONValue
    let updatedAt: JSONValue

    package init(_ batch: BatchDetail, message: String) {
        id = batch.event.batchId.description
        // One that failed is followed to its end as well: that is its result, and no error of the protocol.
        isOver = batch.event.status.isEnd
        self.message = message
        createdAt = JSONValue(encoding: batch.createdAt)
        updatedAt = JSONValue(encoding: batch.event.updatedAt)
    }

    func members(in revision: ProtocolRevision) -> [String: JSONValue] {
        let (life, poll) = revision.isModern ? ("ttlMs", "pollIntervalMs") : ("ttl", "pollInterval")
        return [
            "taskId": .string(id), "status": isOver ? "completed" : "working",
            "statusMessage": .string(message),
            "createdAt": createdAt, "lastUpdatedAt": updatedAt, life: .null, poll: Self.pollInterval,
        ]
    }

    /// The batch that a call follows as a task; nil: it is no task.
    static func batch(
        of request: RPCRequest, to tool: ToolDescription, _ arguments: [String: JSONValue],
        in revision: ProtocolRevision
    ) throws(RPCError) -> String? {
        if revision.hasTaskParameter, let task = request.parameters["task"] {
            guard task.object != nil else { throw .invalidParams("'task' is an object") }
            guard tool.followsBatch else { throw .methodNotFound("tools/call of \(tool.name) as a task") }
            guard let batch = arguments["batchId"]?.string else {
                throw .invalidParams("\(tool.name) as a task needs 'batchId', a string")
            }
            return batch
        }
        let extensions = request.meta?[MetaKey.clientCapabilities]?["extensions"]
        guard revision.isModern, extensions?[extensionName] != nil, tool.followsBatch,
            arguments["stream"] == true, request.meta?["progressToken"] == nil
        else { return nil }
        return arguments["batchId"]?.string
    }
}

/// What is asked of a task.
package enum TaskAction: Hashable, Sendable {
    case look
    /// Wait for the end, and say what the call's answer would have been.
    case result
    /// Cancelling one, which asks for nothing but to forget it, or answering questions that it never has.
    case acknowledge

    init?(method: String, in revision: ProtocolRevision) {
        switch method {
        case "tasks/get" where revision.hasTaskParameter || revision.isModern: self = .look
        case "tasks/result" where revision.hasTaskParameter: self = .result
        case "tasks/cancel" where revision.isModern, "tasks/update" where revision.isModern:
            self = .acknowledge
        default: return nil
        }
    }
}

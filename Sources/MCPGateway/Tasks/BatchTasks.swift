import BatchClient
import BatchProgress
import MCPProtocol

/// Batches that are followed as tasks. Nothing is kept of them here: the coordinator knows them.
struct BatchTasks: Sendable {
    let client: BatchConnection

    /// - Throws: `RPCError` if no batch has this id.
    func task(_ id: String) async throws -> BatchTask {
        guard let batch = BatchID(id) else {
            throw RPCError.invalidParams("No such task: \(id.cut(toScalars: 100))")
        }
        do {
            let detail = try await client.batch(batch).status()
            return BatchTask(detail, message: StatusText.counts(detail.event))
        } catch let error as BatchClientError where error.code == .unknownBatch || error.code == .forgotten {
            throw RPCError.invalidParams("No such task: \(id)")
        }
    }

    /// What the call would have been answered with; nil while it goes on.
    func outcome(of task: BatchTask) async throws -> ToolOutcome? {
        task.isOver ? try await end(of: task) : nil
    }

    /// What the call would have been answered with, which may be long in coming.
    func end(of task: BatchTask) async throws -> ToolOutcome {
        let status = BatchTool.status
        let arguments = try ToolArguments(
            ["batchId": .string(task.id), "stream": true], known: status.parameters)
        return try await status.run(
            arguments, ToolContext(client: client, progress: nil, longestSilence: nil))
    }
}

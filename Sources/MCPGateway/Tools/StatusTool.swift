import BatchClient
import BatchProgress
import MCPProtocol

extension BatchTool {
    /// More than a model can keep in mind.
    private static let mostBatches = 200
    private static let mostOperations = 100

    static let status = BatchTool(
        description: ToolDescription(
            name: "shell_status", title: "Batch status",
            description: """
                How far batches of work are: of one batch, or of all that have not ended with the operations that run \
                now. With stream, it waits until they have ended and tells progress meanwhile; a client that asks for \
                no progress gets an answer after at most 50 seconds, with complete: false, and asks again.
                """,
            input: Schema.input([
                "batchId": Schema.batchID,
                "stream": Schema.flag("Wait for the end, and tell progress until then."),
            ]),
            output: Schema.object(
                [
                    "complete": Schema.flag("All of these batches have ended."),
                    "batches": Schema.list(Schema.event), "operations": Schema.list(Schema.operation),
                    "untrusted": Schema.untrusted,
                ],
                required: ["complete", "batches", "operations"]),
            effect: .none, followsBatch: true)
    ) { arguments, context in
        let id = try arguments.batchID()
        let client = context.client
        let first =
            if let id { [try await client.batch(id).status().event] } else {
                try await client.activeBatches().prefix(mostBatches).map(\.event)
            }
        guard try arguments.flag("stream"), !first.isEmpty else { return try await answer(first, id, client) }
        return try await answer(await BatchFollowing(first, context).untilEnd(), id, client)
    }

    private static func answer(
        _ events: [BatchProgressEvent], _ id: BatchID?, _ client: BatchConnection
    ) async throws -> ToolOutcome {
        let now = ProcessClock().now
        let complete = events.allSatisfy(\.status.isEnd)
        let operations = complete ? [] : try await client.activeOperations(of: id).prefix(mostOperations)
        var lines = events.map(StatusText.line)
        if lines.isEmpty {
            lines = ["No batch is active. batch_list with ended: true shows those that ended."]
        }
        lines += operations.prefix(20).map { StatusText.line($0, at: now) }
        if operations.count > 20 { lines.append("More operations run; not all are shown.") }
        for event in events.suffix(20) {
            lines += (event.errors ?? []).suffix(5).map { "Batch \(event.batchId): \(StatusText.line($0))" }
        }
        return ToolOutcome(
            ([StatusText.caution] + lines).joined(separator: "\n"),
            structure: [
                "complete": .bool(complete), "batches": .array(events.map { JSONValue(encoding: $0) }),
                "operations": .array(operations.map { JSONValue(encoding: $0) }),
                "untrusted": "label, currentOperation, message, worker",
            ])
    }
}

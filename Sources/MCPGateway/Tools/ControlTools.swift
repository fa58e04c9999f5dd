import BatchClient
import BatchProgress
import MCPProtocol

extension BatchTool {
    static let controls = [
        control(
            "batch_cancel", "Cancel a batch", .destructive,
            "Ends a batch: what nobody runs at once, what runs as soon as it has been stopped.",
            done: "is being cancelled"
        ) { try await $0.cancel(interface: "mcp") },
        control(
            "batch_pause", "Pause a batch", .additive, "Starts nothing more of a batch; what runs may end.",
            done: "is paused"
        ) { try await $0.pause(interface: "mcp") },
        control("batch_resume", "Resume a batch", .additive, "Goes on with a paused batch.", done: "goes on")
        {
            try await $0.resume(interface: "mcp")
        },
        retry,
    ]

    private static func control(
        _ name: String, _ title: String, _ effect: ToolDescription.Effect, _ description: String,
        done: String,
        _ change: @escaping @Sendable (BatchHandle) async throws -> Void
    ) -> BatchTool {
        BatchTool(
            description: ToolDescription(
                name: name, title: title, description: description,
                input: Schema.input(["batchId": Schema.batchID], required: ["batchId"]),
                output: Schema.object(["batchId": Schema.text("The batch's id.")], required: ["batchId"]),
                effect: effect)
        ) { arguments, context in
            let batch = context.client.batch(try arguments.requiredBatchID())
            try await change(batch)
            return ToolOutcome("Batch \(batch.id) \(done).", structure: ["batchId": .string("\(batch.id)")])
        }
    }

    private static let retry = BatchTool(
        description: ToolDescription(
            name: "batch_retry", title: "Retry a batch's failures",
            description: """
                Makes a new batch of the operations that failed, and answers with its id. The batch has to have ended.
                """,
            input: Schema.input(["batchId": Schema.batchID], required: ["batchId"]),
            output: Schema.object(["batchId": Schema.text("The new batch's id.")], required: ["batchId"]),
            effect: .additive)
    ) { arguments, context in
        let batch = context.client.batch(try arguments.requiredBatchID())
        let new = try await batch.retry(interface: "mcp")
        return ToolOutcome(
            "Batch \(new.id) is the retry of \(batch.id)'s failures.",
            structure: ["batchId": .string("\(new.id)")])
    }
}

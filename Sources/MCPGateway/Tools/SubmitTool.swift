import BatchClient
import BatchProgress
import MCPProtocol

extension BatchTool {
    private static let mostOperations = 1000

    /// - Parameter types: of which operations may be.
    static func submit(types: [String]) -> BatchTool {
        BatchTool(description: submission(of: types)) { arguments, context in
            let operations = try operations(arguments, of: types)
            let batch = try await context.client.enqueueBatch(
                id: try arguments.batchID("id"), label: try arguments.text("label"), interface: "mcp",
                operations: operations)
            return ToolOutcome(
                "Batch \(batch.id) was accepted, with \(operations.count) operations. shell_status follows it.",
                structure: ["batchId": .string("\(batch.id)")])
        }
    }

    private static func submission(of types: [String]) -> ToolDescription {
        let operation = Schema.object(
            [
                "type": ["type": "string", "enum": .array(types.map { .string($0) })],
                "data": ["description": "What the worker is given: any JSON; a string is given as its text."],
                "label": Schema.text("What people are shown. Never a secret."),
            ], required: ["type"])
        return ToolDescription(
            name: "batch_submit", title: "Submit a batch",
            description: """
                Submits a batch of operations to the workers, of these types: \(types.joined(separator: ", ")). With an \
                id of your own, submitting again is safe: it is one batch.
                """,
            input: Schema.input(
                [
                    "id": Schema.batchID, "label": Schema.text("What people are shown."),
                    "operations": Schema.list(operation)
                        .merging(["minItems": 1, "maxItems": .integer(Int64(mostOperations))]),
                ], required: ["operations"]),
            output: Schema.object(["batchId": Schema.text("The batch's id.")], required: ["batchId"]),
            effect: .additive)
    }

    private static func operations(
        _ arguments: ToolArguments, of types: [String]
    ) throws(ToolArguments.Fault) -> [BatchOperation] {
        guard let list = try arguments.list("operations"), 1...mostOperations ~= list.count else {
            throw ToolArguments.Fault(message: "'operations' is a list of 1 to \(mostOperations) operations")
        }
        var operations: [BatchOperation] = []
        for (number, item) in list.enumerated() {
            guard let members = item.object else {
                throw ToolArguments.Fault(message: "operation \(number) is an object")
            }
            let fields = try ToolArguments(members, known: ["type", "data", "label"])
            guard let type = try fields.text("type"), types.contains(type) else {
                throw ToolArguments.Fault(
                    message: "operation \(number): its type has to be one of \(types.joined(separator: ", "))"
                )
            }
            let data = members["data"].map { $0.string.map { Array($0.utf8) } ?? $0.bytes } ?? []
            operations.append(BatchOperation(type: type, data: data, label: try fields.text("label")))
        }
        return operations
    }
}

import BatchClient
import BatchProgress
import MCPProtocol

extension BatchTool {
    static let list = BatchTool(
        description: ToolDescription(
            name: "batch_list", title: "List batches",
            description:
                "Batches that have not ended, the newest first; with ended, also those that ended last.",
            input: Schema.input(["ended": Schema.flag("Those that ended as well.")]),
            output: Schema.object(
                [
                    "batches": Schema.list(Schema.object(["event": Schema.event], required: ["event"])),
                    "untrusted": Schema.untrusted,
                ],
                required: ["batches"]),
            effect: .none)
    ) { arguments, context in
        let isAll = try arguments.flag("ended")
        let batches = try await isAll ? context.client.recentBatches() : context.client.activeBatches()
        let shown = batches.prefix(200)
        var lines = shown.map { StatusText.line($0.event) }
        if lines.isEmpty { lines = [isAll ? "There is no batch." : "No batch is active."] }
        if batches.count > shown.count { lines.append("\(batches.count - shown.count) more are not shown.") }
        return ToolOutcome(
            ([StatusText.caution] + lines).joined(separator: "\n"),
            structure: [
                "batches": .array(shown.map { JSONValue(encoding: $0) }),
                "untrusted": "label, currentOperation, message, actor",
            ])
    }

    static let failures = BatchTool(
        description: ToolDescription(
            name: "batch_failures", title: "Failures of a batch",
            description: """
                Operations of a batch that failed, by number: label, exit code, last line of standard error. More than \
                the limit: ask again with after.
                """,
            input: Schema.input(
                [
                    "batchId": Schema.batchID,
                    "after": Schema.number("Only operations with a higher number.", 0...Int64(Int32.max)),
                    "limit": Schema.number("How many at most; 50 if not said.", 1...200),
                ], required: ["batchId"]),
            output: Schema.object(
                [
                    "failures": Schema.list(Schema.failure),
                    "after": Schema.number(
                        "What to ask again with; absent: these are all.", 0...Int64(Int32.max)),
                    "untrusted": Schema.untrusted,
                ], required: ["failures"]),
            effect: .none)
    ) { arguments, context in
        let batch = context.client.batch(try arguments.requiredBatchID())
        let limit = try arguments.number("limit", in: 1...200) ?? 50
        let after = try arguments.number("after", in: 0...Int(Int32.max))
        let failures = try await batch.failures(after: after, limit: limit)
        let next = failures.count == limit ? failures.last?.operation : nil
        var lines = failures.map(StatusText.line)
        if lines.isEmpty {
            lines = ["No operation of batch \(batch.id) failed\(after == nil ? "" : " after that")."]
        }
        if let next { lines.append("There may be more: ask again with after: \(next).") }
        var structure: [String: JSONValue] = [
            "failures": .array(failures.map { JSONValue(encoding: $0) }), "untrusted": "label, message",
        ]
        structure["after"] = next.map { .integer(Int64($0)) }
        return ToolOutcome(
            ([StatusText.caution] + lines).joined(separator: "\n"), structure: .object(structure))
    }

    static let logs = BatchTool(
        description: ToolDescription(
            name: "batch_logs", title: "Output of an operation",
            description:
                "What became of one operation, and what it printed: the beginning and the end of each stream.",
            input: Schema.input(
                [
                    "batchId": Schema.batchID,
                    "operation": Schema.number("Its number in the batch, from 0.", 0...Int64(Int32.max)),
                ], required: ["batchId", "operation"]),
            output: Schema.object(
                [
                    "state": Schema.text("waiting, granted, running, completed, failed or cancelled"),
                    "label": Schema.text("untrusted"), "exitCode": ["type": "integer"],
                    "message": Schema.text("untrusted"), "attempt": Schema.count,
                    "standardOutput": Schema.text("untrusted"), "standardError": Schema.text("untrusted"),
                    "untrusted": Schema.untrusted,
                ], required: ["state", "standardOutput", "standardError"]),
            effect: .none)
    ) { arguments, context in
        let batch = context.client.batch(try arguments.requiredBatchID())
        guard let operation = try arguments.number("operation", in: 0...Int(Int32.max)) else {
            throw ToolArguments.Fault(message: "'operation' is missing; batch_failures shows the numbers")
        }
        return outcome(of: try await batch.log(of: operation), operation)
    }

    private static func outcome(of log: OperationLog, _ operation: Int) -> ToolOutcome {
        let output = log.standardOutput.forModel, errors = log.standardError.forModel
        var structure: [String: JSONValue] = [
            "state": .string(log.state), "standardOutput": .string(output), "standardError": .string(errors),
            "untrusted": "label, message, standardOutput, standardError",
        ]
        structure["label"] = log.label.map { .string($0) }
        structure["exitCode"] = log.exitCode.map { .integer(Int64($0)) }
        structure["message"] = log.message.map { .string($0) }
        structure["attempt"] = log.attempt.map { .integer(Int64($0)) }
        var lines = [StatusText.caution]
        lines.append(
            "Operation \(operation)\(log.label.map { " \(StatusText.quoted($0))" } ?? ""): \(log.state)"
                + (log.exitCode.map { ", exit code \($0)" } ?? "")
                + (log.message.map { ", \(StatusText.quoted($0))" } ?? ""))
        for (name, text) in [("Standard output", output), ("Standard error", errors)] {
            lines.append(
                text.isEmpty
                    ? "\(name): nothing." : "\(name), as a JSON string: \(JSONValue.string(text).text)")
        }
        return ToolOutcome(lines.joined(separator: "\n"), structure: .object(structure))
    }
}

extension JSONValue {
    fileprivate var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension OperationOutput {
    /// Enough for a model to see what happened, and no more than it can read.
    private static let ofEachEnd = 4096

    fileprivate var forModel: String {
        guard bytes.count > 2 * Self.ofEachEnd else {
            return String(decoding: bytes, as: UTF8.self)
        }
        let left = totalBytes - Int64(2 * Self.ofEachEnd)
        return String(decoding: bytes.prefix(Self.ofEachEnd), as: UTF8.self)
            + "\n[… \(left) bytes are left out …]\n"
            + String(decoding: bytes.suffix(Self.ofEachEnd), as: UTF8.self)
    }
}

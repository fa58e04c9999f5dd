import BatchClient
import MCPProtocol

/// One tool: how clients see it, and what it does.
struct BatchTool: Sendable {
    var description: ToolDescription
    var run: @Sendable (ToolArguments, ToolContext) async throws -> ToolOutcome

    /// The arguments' names, as the schema lists them.
    var parameters: [String] { description.input["properties"]?.object?.keys.sorted() ?? [] }
}

/// What a tool has at hand.
struct ToolContext: Sendable {
    var client: BatchConnection
    /// Tells how far the call is; nil: the client doesn't want to know.
    var progress: ProgressTeller?
    /// How long a client that wants no progress waits for an answer at most; nil: until there is one.
    var longestSilence: Duration?
}

/// What an assistant may do beside looking.
package struct MCPPermissions: Hashable, Sendable {
    /// Cancel, pause, resume, retry.
    package var control: Bool
    /// Of these operation types batches may be submitted.
    package var submitTypes: [String]

    package init(control: Bool = false, submitTypes: [String] = []) {
        self.control = control
        self.submitTypes = submitTypes
    }
}

extension MCPPermissions {
    var tools: [BatchTool] {
        [.status, .list, .failures, .logs] + (control ? BatchTool.controls : [])
            + (submitTypes.isEmpty ? [] : [.submit(types: submitTypes)])
    }
}

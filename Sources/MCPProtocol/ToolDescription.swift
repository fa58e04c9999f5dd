import BatchProgress

/// A tool as clients see it.
package struct ToolDescription: Hashable, Sendable {
    package var name: String
    package var title: String
    package var description: String
    /// JSON Schema 2020-12, of an object.
    package var input: JSONValue
    package var output: JSONValue
    package var effect: Effect
    /// It waits for the end of the batch that its argument `batchId` names, and can do that as a task.
    package var followsBatch: Bool

    package enum Effect: Sendable {
        /// It looks, and changes nothing.
        case none
        /// What it does can be undone, or adds something.
        case additive
        case destructive
    }

    package init(
        name: String, title: String, description: String, input: JSONValue, output: JSONValue, effect: Effect,
        followsBatch: Bool = false
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.input = input
        self.output = output
        self.effect = effect
        self.followsBatch = followsBatch
    }

    func json(in revision: ProtocolRevision) -> JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "description": .string(description), "inputSchema": input,
            "annotations": annotations,
        ]
        if revision.hasStructuredResults {
            members["title"] = .string(title)
            members["outputSchema"] = output
        }
        if revision.hasTaskParameter, followsBatch { members["execution"] = ["taskSupport": "optional"] }
        return .object(members)
    }

    private var annotations: JSONValue {
        [
            "title": .string(title), "readOnlyHint": .bool(effect == .none),
            "destructiveHint": .bool(effect == .destructive), "idempotentHint": .bool(effect != .additive),
            "openWorldHint": false,
        ]
    }
}

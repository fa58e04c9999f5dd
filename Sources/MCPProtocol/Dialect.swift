import BatchProgress

/// How results look in a revision.
package struct Dialect: Hashable, Sendable {
    package let revision: ProtocolRevision
    let server: ServerIdentity

    package func result(_ members: [String: JSONValue] = [:]) -> JSONValue {
        guard revision.isModern else { return .object(members) }
        return .object(
            members.merging(["resultType": "complete", "_meta": [MetaKey.serverInfo: server.json]]) { $1 })
    }

    /// A result that a client may keep for a while (2026-07-28, "Caching").
    package func result(_ members: [String: JSONValue], freshFor time: Freshness) -> JSONValue {
        guard revision.isModern else { return .object(members) }
        return result(members.merging(time.members) { $1 })
    }

    /// The task into which a call was made.
    package func taskCreated(_ task: BatchTask) -> JSONValue {
        guard revision.isModern else { return ["task": .object(task.members(in: revision))] }
        return result(task.members(in: revision)).merging(["resultType": "task"])
    }

    /// How a task is; in the newer era with its result, if it has one.
    package func task(_ task: BatchTask, outcome: ToolOutcome?) -> JSONValue {
        var members = task.members(in: revision)
        if revision.isModern, let outcome { members["result"] = toolResult(outcome) }
        return result(members)
    }

    /// What the task's call would have been answered with (2025-11-25, "Retrieving Task Results").
    package func taskResult(_ outcome: ToolOutcome, of task: String) -> JSONValue {
        toolResult(outcome).merging(["_meta": [MetaKey.relatedTask: ["taskId": .string(task)]]])
    }

    package func toolResult(_ outcome: ToolOutcome) -> JSONValue {
        var members: [String: JSONValue] = [
            "content": [["type": "text", "text": .string(outcome.text)]], "isError": .bool(outcome.isError),
        ]
        if revision.hasStructuredResults { members["structuredContent"] = outcome.structure }
        return result(members)
    }
}

package enum Freshness: Sendable {
    /// As long as this process is here.
    case lasting
    /// It may be another one at once.
    case momentary

    fileprivate var members: [String: JSONValue] {
        switch self {
        case .lasting: ["ttlMs": 300_000, "cacheScope": "public"]
        case .momentary: ["ttlMs": 0, "cacheScope": "private"]
        }
    }
}

/// What a tool has to say.
package struct ToolOutcome: Hashable, Sendable {
    /// For a model to read.
    package var text: String
    /// The same for a program; absent for errors.
    package var structure: JSONValue?
    package var isError: Bool

    package init(_ text: String, structure: JSONValue) {
        (self.text, self.structure, isError) = (text, structure, false)
    }

    package init(error text: String) {
        (self.text, structure, isError) = (text, nil, true)
    }
}

package struct ServerIdentity: Hashable, Sendable {
    package var name: String
    package var title: String
    package var version: String

    package init(name: String, title: String, version: String) {
        (self.name, self.title, self.version) = (name, title, version)
    }

    var json: JSONValue { ["name": .string(name), "title": .string(title), "version": .string(version)] }
}

enum MetaKey {
    static let protocolVersion = "io.modelcontextprotocol/protocolVersion"
    static let clientCapabilities = "io.modelcontextprotocol/clientCapabilities"
    static let serverInfo = "io.modelcontextprotocol/serverInfo"
    static let relatedTask = "io.modelcontextprotocol/related-task"
    static let subscriptionID = "io.modelcontextprotocol/subscriptionId"
}

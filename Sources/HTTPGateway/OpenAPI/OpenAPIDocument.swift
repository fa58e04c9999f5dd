import BatchClient
import FoundationEssentials

/// What the routes take and answer, in OpenAPI 3.1. Tests hold it against the routes and against what the types
/// encode.
struct OpenAPIDocument: Sendable {
    /// Types of operations that may be submitted; if there are none, nothing may.
    let types: Set<String>
    let withToken: Bool

    var json: JSONValue {
        var document: [String: JSONValue] = [
            "openapi": .string("3.1.0"),
            "info": .object([
                "title": .string("Tally"), "version": .string("1"),
                "description": .string("Batches of operations, and how far they are, live."),
            ]),
        ]
        document["paths"] = .object(paths)
        document["components"] = .object(components)
        // An empty list: no token is needed.
        document["security"] = .array(withToken ? [.object(["token": .array([])])] : [])
        return .object(document)
    }

    private var paths: [String: JSONValue] {
        var paths = Self.parse(Self.pathsText)
        if types.isEmpty, case .object(var batches)? = paths["/batches"] {
            batches["post"] = nil
            paths["/batches"] = .object(batches)
        }
        return paths
    }

    private var components: [String: JSONValue] {
        var components = Self.parse(Self.componentsText)
        components["schemas"] = .object(schemas)
        if withToken {
            components["securitySchemes"] = .object([
                "token": .object(["type": .string("http"), "scheme": .string("bearer")])
            ])
        }
        return components
    }

    private var schemas: [String: JSONValue] {
        var schemas = Self.parse(Self.schemasText)
        if types.isEmpty {
            schemas["SubmittedBatch"] = nil
        } else {
            schemas["OperationType"] = .object(["enum": .array(types.sorted().map(JSONValue.string))])
        }
        return schemas
    }

    private static func parse(_ text: String) -> [String: JSONValue] {
        do {
            return try JSONDecoder().decode([String: JSONValue].self, from: Data(text.utf8))
        } catch {
            preconditionFailure("the document's parts are JSON: \(error)")
        }
    }
}

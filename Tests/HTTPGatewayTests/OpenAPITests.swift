import BatchProgress
import HTTPTypes
import Hummingbird
import Testing

@testable import HTTPGateway

/// Holds the OpenAPI document against what the types encode, and against itself. That its paths are the routes is
/// seen on a real gateway.
@Suite struct OpenAPITests {
    private let document = OpenAPIDocument(types: ["no-op", "upper"], withToken: true).json

    @Test func `an event has the properties it is said to have`() throws {
        let event = BatchProgressEvent(
            batchId: try #require(BatchID("b")), totalOperations: 1, currentOperation: "c",
            status: .processing,
            errors: [BatchFailure(operation: 0, label: "l", exitCode: 1, message: "m")], revision: 1,
            label: "l",
            operationsPerSecond: 1, estimatedSecondsRemaining: 1, startedAt: Timestamp(microseconds: 0),
            updatedAt: Timestamp(microseconds: 0), cancelling: true)
        #expect(try properties(of: "BatchProgressEvent") == fields(event))
        #expect(try properties(of: "BatchFailure") == fields(event.errors?.first))
        var detail = BatchDetail(
            event: event, actor: "a", interface: "i", lane: "l", retryOf: event.batchId, lostOperations: 1,
            onEnd: event.batchId, createdAt: event.updatedAt, endedAt: event.updatedAt, sealed: true,
            typesWithoutWorker: ["t"])
        detail.firstOpenOperation = 0
        #expect(try properties(of: "BatchDetail") == fields(detail))
    }

    @Test func `what has to be there is what an event with nothing to say has`() throws {
        let event = BatchProgressEvent(
            batchId: try #require(BatchID("b")), totalOperations: 1, status: .pending, revision: 1,
            updatedAt: Timestamp(microseconds: 0))
        #expect(try required(of: "BatchProgressEvent") == fields(event))
        let detail = BatchDetail(
            event: event, actor: nil, interface: nil, lane: nil, retryOf: nil, lostOperations: nil,
            onEnd: nil,
            createdAt: event.updatedAt, endedAt: nil, sealed: false, typesWithoutWorker: nil)
        #expect(try required(of: "BatchDetail") == fields(detail))
        #expect(
            document["components", "schemas", "BatchProgressEvent", "properties", "status", "enum"]
                == .array(BatchStatus.allCases.map { .string($0.rawValue) }))
    }

    @Test func `every reference leads somewhere`() {
        let references = document.references
        #expect(references.count > 20)
        for reference in references {
            let path = reference.split(separator: "/").dropFirst().map(String.init)
            #expect(document[path] != nil, "\(reference)")
        }
    }

    @Test func `what isn't allowed isn't in it`() {
        #expect(
            document["components", "schemas", "OperationType", "enum"]
                == .array([.string("no-op"), .string("upper")]))
        let document = OpenAPIDocument(types: [], withToken: false).json
        #expect(document["paths", "/batches", "post"] == nil && document["paths", "/batches", "get"] != nil)
        #expect(document["components", "securitySchemes"] == nil && document["security"] == .array([]))
        #expect(document["components", "schemas", "SubmittedBatch"] == nil)
    }

    private func fields(_ value: some Encodable) -> Set<String> { JSONValue(encoding: value).keys }

    private func properties(of schema: String) throws -> Set<String> {
        try #require(document["components", "schemas", schema, "properties"]).keys
    }

    private func required(of schema: String) throws -> Set<String> {
        guard case .array(let names) = document["components", "schemas", schema, "required"] else {
            return []
        }
        return Set(names.compactMap { if case .string(let name) = $0 { name } else { nil } })
    }
}

extension JSONValue {
    fileprivate subscript(path: String...) -> JSONValue? { self[path] }

    fileprivate subscript(path: [String]) -> JSONValue? {
        guard let first = path.first else { return self }
        guard case .object(let values) = self else { return nil }
        return values[first]?[Array(path.dropFirst())]
    }

    fileprivate var keys: Set<String> {
        guard case .object(let values) = self else { return [] }
        return Set(values.keys)
    }

    fileprivate var references: [String] {
        switch self {
        case .object(let values):
            let own: [String] = if case .string(let target)? = values["$ref"] { [target] } else { [] }
            return own + values.values.flatMap(\.references)
        case .array(let values): return values.flatMap(\.references)
        default: return []
        }
    }
}

import BatchClient
import BatchProgress
import FoundationEssentials
import MCPProtocol

/// Batches as resources of MCP: to list, to read, to complete the ids of.
struct BatchResources: Sendable {
    static let template: JSONValue = [
        "uriTemplate": .string(BatchURI.template), "name": "batch", "title": "A batch",
        "description":
            "The present state of a batch of work, as JSON: a BatchProgressEvent and what is known beside.",
        "mimeType": "application/json",
    ]
    private static let pageSize = 100
    private static let mostCompletions = 100

    let client: BatchConnection

    /// One page, the newest batch first. A cursor is the last page's last id.
    func list(cursor: String?) async throws -> [String: JSONValue] {
        let all = try await client.recentBatches()
        var rest = all[...]
        if let cursor {
            guard let last = all.firstIndex(where: { Self.cursor(after: $0) == cursor }) else {
                throw RPCError.invalidParams("Invalid cursor")
            }
            rest = all[(last + 1)...]
        }
        let page = rest.prefix(Self.pageSize)
        var result: [String: JSONValue] = ["resources": .array(page.map(Self.resource))]
        if page.count < rest.count {
            result["nextCursor"] = page.last.map { .string(Self.cursor(after: $0)) }
        }
        return result
    }

    func read(_ uri: String) async throws -> [String: JSONValue] {
        guard let batch = BatchURI(uri) else { throw Self.notFound(uri) }
        do {
            let detail = try await client.batch(batch.id).status()
            return [
                "contents": [
                    [
                        "uri": .string(uri), "mimeType": "application/json",
                        "text": .string(String(decoding: JSONValue(encoding: detail).bytes, as: UTF8.self)),
                    ]
                ]
            ]
        } catch let error as BatchClientError where [.unknownBatch, .forgotten].contains(error.code) {
            throw Self.notFound(uri)
        }
    }

    func completions(of prefix: String) async throws -> [String: JSONValue] {
        let matching = try await client.recentBatches().map(\.event.batchId.description)
            .filter { $0.hasPrefix(prefix) }
        return [
            "completion": [
                "values": .array(matching.prefix(Self.mostCompletions).map { .string($0) }),
                "total": .integer(Int64(matching.count)),
                "hasMore": .bool(matching.count > Self.mostCompletions),
            ]
        ]
    }

    static func notFound(_ uri: String) -> RPCError {
        .invalidParams("Resource not found", data: ["uri": .string(uri.cut(toScalars: 200))])
    }

    private static func resource(_ detail: BatchDetail) -> JSONValue {
        let event = detail.event
        return [
            "uri": .string(BatchURI(event.batchId).text), "name": .string(event.batchId.description),
            "title": .string(event.label ?? event.batchId.description),
            "description": .string("\(event.status.rawValue), \(StatusText.counts(event))"),
            "mimeType": "application/json",
        ]
    }

    private static func cursor(after detail: BatchDetail) -> String {
        Data(detail.event.batchId.description.utf8).base64EncodedString()
    }
}

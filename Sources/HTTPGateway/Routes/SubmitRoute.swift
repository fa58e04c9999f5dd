import BatchClient
import HTTPTypes
import Hummingbird

/// `POST /batches`. There only where operations of some type may be submitted.
package struct SubmitRoute: Sendable {
    let client: BatchConnection
    let types: Set<String>
    let limits: HTTPServerConfiguration.Limits

    private static let patience: Duration = .seconds(15)

    package init(client: BatchConnection, types: Set<String>, limits: HTTPServerConfiguration.Limits) {
        self.client = client
        self.types = types
        self.limits = limits
    }

    package func addRoutes(to router: Router<HTTPContext>) {
        guard !types.isEmpty else { return }
        router.post("/batches") { request, _ in
            var request = request
            return try await submit(try await batch(&request))
        }
    }

    private func batch(_ request: inout Request) async throws -> SubmittedBatch {
        guard request.headers[.contentType].map(Self.isJSON) ?? true else {
            throw Problem(.unsupportedMediaType, "a batch is application/json")
        }
        let body = try await request.collectBody(within: limits)
        let json: JSONValue
        do {
            json = try JSONValue(reading: body.readableBytesView)
        } catch {
            throw Problem(.badRequest, "the body is no JSON")
        }
        do {
            return try SubmittedBatch(json, allowing: types)
        } catch {
            throw Problem(error.kind == .typeNotAllowed ? .forbidden : .badRequest, error.description)
        }
    }

    private static func isJSON(_ type: String) -> Bool {
        type.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace } == "application/json"
    }

    /// What the coordinator has of it when the time is over it keeps; the same again goes on with it.
    private func submit(_ batch: SubmittedBatch) async throws -> Response {
        try await client.needCoordinator()
        let id = try await withinTime {
            try await client.enqueueBatch(
                id: batch.id, label: batch.label, interface: "http", retries: batch.retries,
                operations: batch.operations
            ).id
        }
        var response = Response.json(try await client.batch(id).status(), status: .created)
        response.headers[.location] = "/batches/\(id)"
        return response
    }

    private func withinTime(_ body: @escaping @Sendable () async throws -> BatchID) async throws -> BatchID {
        try await withThrowingTaskGroup(of: BatchID.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: Self.patience)
                throw Problem(
                    .serviceUnavailable, "the coordinator doesn't answer; submit the same again",
                    headers: [.retryAfter: "2"])
            }
            defer { group.cancelAll() }
            guard let id = try await group.next() else { preconditionFailure("there are tasks") }
            return id
        }
    }
}

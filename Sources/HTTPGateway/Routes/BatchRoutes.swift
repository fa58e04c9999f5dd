import BatchClient
import HTTPTypes
import Hummingbird

/// `GET /batches` and `GET /batches/{id}`.
package struct BatchRoutes: Sendable {
    let client: BatchConnection

    package init(client: BatchConnection) {
        self.client = client
    }

    package func addRoutes(to router: Router<HTTPContext>) {
        router.get("/batches") { request, _ in try await list(request) }
        router.get("/batches/:id") { request, context in try await detail(request, context) }
    }

    private func list(_ request: Request) async throws -> Response {
        let withEnded = try request.flag("ended")
        try await client.needCoordinator()
        return .json(withEnded ? try await client.recentBatches() : try await client.activeBatches())
    }

    private func detail(_ request: Request, _ context: HTTPContext) async throws -> Response {
        let id = try context.batchID
        try await client.needCoordinator()
        return .json(try await client.batch(id).status())
    }
}

extension HTTPContext {
    /// The `:id` of the path.
    var batchID: BatchID {
        get throws(Problem) {
            let text = parameters.get("id") ?? ""
            guard let id = BatchID(text) else { throw Problem.wrongID(text) }
            return id
        }
    }
}

extension Request {
    /// `?name=true` or `?name=false`; false if it isn't there.
    fileprivate func flag(_ name: String) throws(Problem) -> Bool {
        switch uri.queryParameters[name[...]] {
        case nil, "false": return false
        case "true": return true
        case .some: throw Problem(.badRequest, "'\(name)' is true or false")
        }
    }
}

extension BatchConnection {
    /// Throws at once what a question would have to wait for.
    package func needCoordinator() throws(Problem) {
        guard isLost else { return }
        throw Problem(
            .serviceUnavailable, "no coordinator is heard; it is being looked for",
            headers: [.retryAfter: "2"])
    }
}

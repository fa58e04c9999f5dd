import BatchClient
import HTTPTypes
import Hummingbird

/// Lets a request through to its route, or says why not; and tells errors as problem details.
struct GatedResponder: HTTPResponder {
    let gate: RequestGate
    let table: RouteTable
    let routes: RouterResponder<HTTPContext>
    let bodyLimit: Int
    let metrics: HTTPMetrics

    func respond(to request: Request, context: HTTPContext) async throws -> Response {
        let response = try await answer(to: request, context: context)
        metrics.answered(response.status.code)
        return response
    }

    private func answer(to request: Request, context: HTTPContext) async throws -> Response {
        do {
            try admit(request, context)
            return try await routes.respond(to: request, context: context)
        } catch let problem as Problem {
            return problem.response
        } catch let error as BatchClientError {
            return Problem(error).response
        }
    }

    private func admit(_ request: Request, _ context: HTTPContext) throws(Problem) {
        let subject = RequestGate.Subject(
            path: request.uri.path, host: request.head.authority, origin: request.headers[.origin],
            authorization: request.headers[.authorization], port: context.channel.localAddress?.port ?? 0)
        if let refusal = gate.refusal(of: subject) {
            throw Problem(refusal, host: request.head.authority ?? "")
        }
        guard let methods = table.methods(at: request.uri.path) else {
            throw Problem(.notFound, "there is nothing at \(request.uri.path.prefix(200))")
        }
        guard methods.contains(request.method) else {
            let allowed = methods.map(\.rawValue).joined(separator: ", ")
            throw Problem(
                .methodNotAllowed, "\(request.uri.path.prefix(200)) takes \(allowed)",
                headers: [.allow: allowed])
        }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > bodyLimit {
            throw Problem(.contentTooLarge, "the body has more than \(bodyLimit) bytes")
        }
    }
}

extension Problem {
    init(_ refusal: RequestGate.Refusal, host: String) {
        switch refusal {
        case .foreignHost:
            self.init(
                .misdirectedRequest,
                "the name '\(host.prefix(200))' isn't served here; if it should be, allow it with --allow-host"
            )
        case .foreignOrigin:
            self.init(
                .forbidden, "requests of that origin's pages aren't taken; allow its host with --allow-host")
        case .noToken, .wrongToken:
            let metadata = "resource_metadata=\"http://\(host)\(RequestGate.metadataPath)\""
            let error = refusal == .wrongToken ? "error=\"invalid_token\", " : ""
            self.init(
                .unauthorized, "a token is needed: Authorization: Bearer …",
                headers: [.wwwAuthenticate: "Bearer \(error)\(metadata)"])
        }
    }
}

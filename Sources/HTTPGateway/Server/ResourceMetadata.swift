import HTTPTypes
import Hummingbird

/// Tells clients what kind of token is wanted, and how it is shown (RFC 9728).
struct ResourceMetadata: Sendable {
    let isProtected: Bool

    private struct Document: Encodable {
        var resource: String
        var resource_name = "Tally"
        var bearer_methods_supported = ["header"]
    }

    func addRoutes(to router: Router<HTTPContext>) {
        router.get("\(RequestGate.metadataPath)") { request, _ in try document(of: "", for: request) }
        // That of `/mcp` is asked for as `…/mcp` (section 3.1).
        router.get("\(RequestGate.metadataPath)/**") { request, _ in
            try document(of: request.uri.path.dropFirst(RequestGate.metadataPath.count), for: request)
        }
    }

    private func document(of path: Substring, for request: Request) throws -> Response {
        guard isProtected else { throw Problem(.notFound, "no token is needed here") }
        return .json(Document(resource: "http://\(request.head.authority ?? "")\(path)"))
    }
}

import Hummingbird

/// `GET /openapi.json`.
struct OpenAPIRoute: Sendable {
    let document: OpenAPIDocument

    func addRoutes(to router: Router<HTTPContext>) {
        let json = document.json
        router.get("/openapi.json") { _, _ in Response.json(json) }
    }
}

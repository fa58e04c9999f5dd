import BatchClient
import Hummingbird

/// All routes of plain HTTP.
package struct HTTPRoutes: Sendable {
    private let batches: BatchRoutes
    private let events: EventRoutes
    private let submit: SubmitRoute
    private let description: OpenAPIRoute

    /// - Parameter types: of operations that may be submitted; if none, nothing may.
    package init(
        client: BatchConnection, streams: OpenStreams, submitting types: Set<String>,
        configuration: HTTPServerConfiguration
    ) {
        batches = BatchRoutes(client: client)
        events = EventRoutes(client: client, streams: streams)
        submit = SubmitRoute(client: client, types: types, limits: configuration.limits)
        description = OpenAPIRoute(
            document: OpenAPIDocument(
                types: types, withToken: configuration.accessToken != nil))
    }

    package func addRoutes(to router: Router<HTTPContext>) {
        batches.addRoutes(to: router)
        events.addRoutes(to: router)
        submit.addRoutes(to: router)
        description.addRoutes(to: router)
    }
}

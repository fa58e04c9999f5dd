import BatchClient
import Hummingbird

/// `GET /healthz`: whether the gateway and its coordinator are there, for whoever starts and balances gateways.
package struct HealthRoute: Sendable {
    let client: BatchConnection
    let streams: OpenStreams

    private struct Health: Encodable {
        var status: String
        var streams: Int
    }

    package init(client: BatchConnection, streams: OpenStreams) {
        self.client = client
        self.streams = streams
    }

    package func addRoutes(to router: Router<HTTPContext>) {
        router.get("/healthz") { _, _ in
            let isLost = await client.isLost
            return Response.json(
                Health(status: isLost ? "no-coordinator" : "ok", streams: streams.count))
        }
    }
}

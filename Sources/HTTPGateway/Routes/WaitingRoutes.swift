import HTTPTypes
import Hummingbird

/// What is answered to all that isn't a probe, while the gateway waits for its coordinator.
package struct WaitingRoutes: Sendable {
    package init() {}

    package func addRoutes(to router: Router<HTTPContext>) {
        for method in [HTTPRequest.Method.get, .post, .delete] {
            router.on("/**", method: method) { _, _ -> Response in
                throw Problem(
                    .serviceUnavailable, "no coordinator has answered yet", headers: [.retryAfter: "2"])
            }
        }
    }
}

import BatchClient
import MatrixAPI
import Synchronization

/// What a gateway lacks to post, for whoever looks after its process.
package final class GatewayStatus: Sendable {
    private enum State {
        case beginning(lacking: String)
        case working(MatrixGateway)
    }

    private let state = Mutex(State.beginning(lacking: "not logged in to the homeserver yet"))

    package init() {}

    /// Empty: nothing.
    package var lacking: [String] {
        get async {
            switch state.withLock({ $0 }) {
            case .beginning(let lack): [lack]
            case .working(let gateway): await gateway.lacking
            }
        }
    }

    static func away(_ homeserver: String) -> String { "the homeserver \(homeserver) doesn't answer" }

    func begins(lacking lack: String) { state.withLock { $0 = .beginning(lacking: lack) } }
    func works(_ gateway: MatrixGateway) { state.withLock { $0 = .working(gateway) } }
}

extension MatrixGateway {
    fileprivate var lacking: [String] {
        get async {
            let homeserver = isHomeserverAway ? GatewayStatus.away(account.homeserver) : nil
            return await [batches.lack, homeserver].compactMap(\.self)
        }
    }

    private var isHomeserverAway: Bool { sendingOutage.isAway || newsOutage.isAway }
}

import MCPProtocol
import Synchronization

/// The sessions of the older era. One that nobody uses any more goes when others need its place.
final class SessionStore: Sendable {
    private static let most = 1000
    /// One that was used within this time keeps its place.
    private static let rest: Duration = .seconds(600)

    private let desk: MCPDesk
    private let sessions = Mutex<[String: ClientSession]>([:])

    init(_ desk: MCPDesk) {
        self.desk = desk
    }

    /// - Returns: nil if there are too many in use.
    func begin() -> (id: String, session: ClientSession)? {
        var random = SystemRandomNumberGenerator()
        let halves = (0..<2).map { _ in String(UInt64.random(in: .min ... .max, using: &random), radix: 36) }
        let id = halves.joined(separator: "-")
        let session = ClientSession(desk)
        let (isBegun, removed) = sessions.withLock { sessions -> (Bool, ClientSession?) in
            var removed: ClientSession?
            if sessions.count >= Self.most {
                guard let oldest = Self.longestUnused(sessions) else { return (false, nil) }
                removed = sessions.removeValue(forKey: oldest)
            }
            sessions[id] = session
            return (true, removed)
        }
        removed?.end()
        return isBegun ? (id, session) : nil
    }

    subscript(id: String) -> ClientSession? { sessions.withLock { $0[id] } }

    /// False if there is none.
    func end(_ id: String) -> Bool {
        guard let session = sessions.withLock({ $0.removeValue(forKey: id) }) else { return false }
        session.end()
        return true
    }

    private static func longestUnused(_ sessions: [String: ClientSession]) -> String? {
        sessions.filter { !$0.value.isBusy && $0.value.lastUsed + rest < .now }
            .min { $0.value.lastUsed < $1.value.lastUsed }?.key
    }
}

import BatchProgress
import Logging
import MatrixAPI
import MatrixRoom

/// The rooms that a gateway begins with.
struct StartRooms {
    let configuration: GatewayConfiguration
    let store: GatewayStore
    let entry: RoomEntry
    let log: Logger

    private static let mostAttempts = 5

    /// - Throws: `GatewayFault` if one that was set can't be used.
    func enterAll() async throws -> [String] {
        let replacements: [String: String] = try store.fact(.replacements) ?? [:]
        var rooms: [String] = []
        for name in configuration.rooms { rooms.append(try await enter(newest(name, replacements))) }
        for room in try store.fact(.invitedRooms, as: [String].self) ?? [] {
            do {
                rooms.append(try await enter(newest(room, replacements)))
            } catch let fault as GatewayFault {
                log.warning("\(fault)")
            }
        }
        return rooms.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// A room that was upgraded is left behind; that may have happened more than once.
    private func newest(_ room: String, _ replacements: [String: String]) -> String {
        var newest = room
        for _ in replacements { newest = replacements[newest] ?? newest }
        return newest
    }

    private func enter(_ name: String) async throws -> String {
        var backoff = Backoff()
        for _ in 1..<Self.mostAttempts {
            do {
                return try await entry.enter(name)
            } catch let error as MatrixError {
                guard let wait = error.wait(&backoff) else { throw fault(name, error) }
                log.warning("\(name): \(error); trying again in \(wait.formatted)")
                try await Task.sleep(for: wait)
            }
        }
        do {
            return try await entry.enter(name)
        } catch let error as MatrixError {
            throw fault(name, error)
        }
    }

    private func fault(_ name: String, _ error: MatrixError) -> GatewayFault {
        if case .unknownToken = error { return .tokenRefused(configuration.homeserver, error) }
        return GatewayFault("\(name): \(error)")
    }
}

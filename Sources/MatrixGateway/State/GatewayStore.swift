import BatchProgress
import Foundation
import GRDB
import Glibc
import MatrixRoom

/// What must survive of a gateway, in a file of SQLite's that only its owner can read: it holds an access token.
final class GatewayStore: Sendable {
    private let queue: DatabaseQueue
    private let path: String
    private let lock: FolderLock

    init(folder: String) throws(GatewayFault) {
        lock = try FolderLock(folder)
        path = "\(folder)/gateway.sqlite"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw GatewayFault("\(path) can't be written: \(String(cString: strerror(errno)))")
        }
        // SQLite gives the files beside it the same permissions.
        fchmod(descriptor, 0o600)
        close(descriptor)
        do {
            queue = try DatabaseQueue(path: path, configuration: Self.configuration)
        } catch {
            throw GatewayFault("\(path) can't be opened: \(error)")
        }
        try write { try Self.prepare($0) }
    }

    /// Kept in `user_version`.
    private static let version = 1

    private static func prepare(_ database: Database) throws {
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard found <= version else {
            throw GatewayFault("its state was written by a newer tally (version \(found))")
        }
        try database.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
                CREATE TABLE IF NOT EXISTS messages (
                    room TEXT, batch TEXT, finished INTEGER NOT NULL, kept TEXT NOT NULL, touched INTEGER NOT NULL,
                    PRIMARY KEY (room, batch)) WITHOUT ROWID;
                CREATE TABLE IF NOT EXISTS answers (command TEXT PRIMARY KEY, answer TEXT NOT NULL) WITHOUT ROWID;
                PRAGMA user_version = \(version);
                """)
    }

    /// Durable against a kill of the process. What a loss of power takes, the homeserver knows by the transactions' ids.
    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.prepareDatabase {
            try $0.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
        }
        return configuration
    }

    func write<Value>(_ body: (Database) throws -> Value) throws(GatewayFault) -> Value {
        do {
            return try queue.write(body)
        } catch let fault as GatewayFault {
            throw GatewayFault("\(path): \(fault)")
        } catch {
            throw GatewayFault("\(path) can't be written or read: \(error)")
        }
    }
}

extension Database {
    /// Nil if it isn't there, or isn't what it was.
    func fact<Value: Decodable>(_ name: GatewayStore.Fact, as type: Value.Type = Value.self) throws -> Value?
    {
        try String.fetchOne(self, sql: "SELECT value FROM facts WHERE name = ?", arguments: [name.rawValue])
            .flatMap { try? JSONDecoder().decode(Value.self, from: Data($0.utf8)) }
    }

    func setFact(_ name: GatewayStore.Fact, to value: some Encodable) throws {
        try execute(
            sql: "INSERT OR REPLACE INTO facts VALUES (?, ?)",
            arguments: [name.rawValue, GatewayStore.text(value)])
    }
}

extension GatewayStore {
    enum Fact: String {
        /// The login that is gone on with.
        case account
        /// Which of the gateways that have the same account this one is.
        case instance
        /// Where the homeserver's news were read up to.
        case since
        case bucket
        /// The newest of a batch's states that was heard of.
        case revision
        /// Rooms that took the place of others.
        case replacements
        /// Rooms that an inviter brought us into.
        case invitedRooms
    }

    static func text(_ value: some Encodable) -> String {
        String(decoding: JSONValue(encoding: value).bytes, as: UTF8.self)
    }

    func fact<Value: Decodable>(_ name: Fact, as type: Value.Type = Value.self) throws(GatewayFault) -> Value?
    {
        try write { try $0.fact(name) }
    }

    func setFact(_ name: Fact, to value: some Encodable) throws(GatewayFault) {
        try write { try $0.setFact(name, to: value) }
    }
}

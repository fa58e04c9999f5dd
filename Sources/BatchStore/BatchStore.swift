import BatchEngine
import BatchProgress
import Foundation
import GRDB
import Glibc

/// What must survive of batches, in a file of SQLite's.
///
/// All of its methods can be called from any thread, except from within a completion, and are carried out
/// one at a time in the order of the calls. Completions are called on the store's own queue, and should be
/// short. What was committed has reached the disk: it survives the loss of power.
package final class BatchStore: Sendable {
    private let path: String
    private let caches = StoreCaches()
    private let queue: DatabaseQueue
    private let lock: StoreLock

    /// Opens the store, and makes it, for its owner alone, if there is none; its folder has to be there.
    ///
    /// No other process can open it until this one has ended or let go of the store.
    package init(path: String) throws(StoreError) {
        self.path = path
        lock = try StoreLock(storeAt: path)
        try Self.makeFile(path)
        do {
            queue = try DatabaseQueue(path: path, configuration: Self.configuration)
        } catch {
            throw StoreError(error, path: path, systemError: errno)
        }
        try perform { try Schema.prepare($0.database, path: path) }
    }

    /// How much room it takes, with its log.
    package var bytes: Int {
        ["", "-wal", "-shm"].reduce(0) { sum, suffix in
            var status = stat()
            return stat(path + suffix, &status) == 0 ? sum + status.st_size : sum
        }
    }

    /// All that is needed to go on with the batches that have not ended.
    package func recover() throws(StoreError) -> Recovery {
        try perform { try $0.recover() }
    }

    /// Makes the changes durable, all or none, and loads the operations of the grants.
    ///
    /// After an error nothing has changed, and the store can go on. Changes that rest on others should be
    /// committed only once those were: a commit that fails doesn't stop the next one.
    package func commit(_ changes: [Change], loading grants: [Grant]) throws(StoreError) -> Committed {
        try perform { try $0.commit(changes, loading: grants) }
    }

    package func commit(
        _ changes: [Change], loading grants: [Grant],
        completion: @escaping @Sendable (Result<Committed, StoreError>) -> Void
    ) {
        perform({ try $0.commit(changes, loading: grants) }, completion: completion)
    }

    /// Asks any of the questions of `StoreConnection`, several at once if need be. Sees all commits that were
    /// asked for before. `question` should throw nothing of its own.
    package func ask<Answer: Sendable>(
        _ question: (StoreConnection) throws -> Answer
    ) throws(StoreError) -> Answer {
        try perform(question)
    }

    package func ask<Answer: Sendable>(
        _ question: @escaping @Sendable (StoreConnection) throws -> Answer,
        completion: @escaping @Sendable (Result<Answer, StoreError>) -> Void
    ) {
        perform(question, completion: completion)
    }

    /// Forgets what ended long enough ago, at most `limit` rows at a time; of a forgotten batch it stays known
    /// that it was there and how it ended. A batch from which a retry still copies is kept.
    ///
    /// - Returns: whether there is more to do.
    package func sweep(
        _ retention: Retention, at now: Timestamp, limit: Int
    ) throws(StoreError) -> Bool {
        try perform { try $0.sweep(retention, at: now, limit: limit) }
    }

    package func sweep(
        _ retention: Retention, at now: Timestamp, limit: Int,
        completion: @escaping @Sendable (Result<Bool, StoreError>) -> Void
    ) {
        perform({ try $0.sweep(retention, at: now, limit: limit) }, completion: completion)
    }
}

extension BatchStore {
    private func perform<Answer: Sendable>(
        _ body: (StoreConnection) throws -> Answer
    ) throws(StoreError) -> Answer {
        try queue.writeWithoutTransaction { run(body, in: $0) }.get()
    }

    private func perform<Answer: Sendable>(
        _ body: @escaping @Sendable (StoreConnection) throws -> Answer,
        completion: @escaping @Sendable (Result<Answer, StoreError>) -> Void
    ) {
        queue.asyncWriteWithoutTransaction { [self] in completion(run(body, in: $0)) }
    }

    private func run<Answer>(
        _ body: (StoreConnection) throws -> Answer, in database: Database
    ) -> Result<Answer, StoreError> {
        do {
            return .success(try body(StoreConnection(database: database, caches: caches)))
        } catch {
            let systemError = errno
            // What was read within the failed transaction may never have been.
            caches.clear()
            return .failure(StoreError(error, path: path, systemError: systemError))
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "BatchStore"
        configuration.foreignKeysEnabled = false
        // With a write-ahead log, FULL makes each commit wait for the disk.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        return configuration
    }

    /// SQLite gives the files beside the database the same permissions.
    private static func makeFile(_ path: String) throws(StoreError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreError(.notWritable, path: path, detail: String(cString: strerror(errno)))
        }
        close(descriptor)
    }
}

import BatchEngine
import BatchProgress
import BatchStore
import Foundation

/// The real store in the simulation: a file of SQLite's, opened anew at each recovery.
final class SQLiteStore: SimulatedStore {
    private let folder: URL
    private var store: BatchStore?
    private var path: String { folder.appendingPathComponent("store.sqlite").path }

    /// - Parameter parent: where it makes a folder of its own, which it leaves there.
    init(in parent: URL) throws {
        folder = parent.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func commit(_ changes: [Change], loading grants: [Grant]) throws -> CommittedChanges {
        let committed = try opened().commit(changes, loading: grants)
        return CommittedChanges(
            operations: committed.operations,
            copies: committed.copies.map { copied in
                CommittedChanges.Copy(
                    copy: copied.copy, types: copied.types, digest: copied.digest, next: copied.next)
            })
    }

    func recover() throws -> Recovery {
        store = nil
        return try opened().recover()
    }

    func record(of id: BatchID) throws -> BatchRecord? {
        guard case .kept(let record) = try opened().ask({ try $0.record(of: id) }) else { return nil }
        return record
    }

    func ended(after revision: Int64) throws -> [BatchRecord] {
        try opened().ask { try $0.ended(after: revision, limit: 1000) }
    }

    func unfinishedRetries() throws -> [RetryCopy] {
        try opened().ask { try $0.unfinishedRetries(limit: 3) }
    }

    func endings(of id: BatchID) throws -> [EndedOperations] {
        try opened().ask { store in
            guard case .kept(let record) = try store.record(of: id) else { return [] }
            return try (0..<record.total).compactMap { number in
                guard case .ended(let ended, _) = try store.outcome(of: id, operation: number) else {
                    return nil
                }
                return ended
            }
        }
    }

    private func opened() throws -> BatchStore {
        if let store { return store }
        let opened = try BatchStore(path: path)
        store = opened
        return opened
    }
}

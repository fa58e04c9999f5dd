import BatchEngine
import BatchProgress
import BatchStore
import Foundation
import Glibc
import Testing

/// A great batch from its submission until it is forgotten. In release, a million operations.
@Suite struct SizeTests {
    #if DEBUG
        private static let total = 20_000
    #else
        private static let total = 1_000_000
    #endif

    private struct Growth: Error {
        var description: String
    }

    /// Bytes of memory in use by this process.
    private static func residentBytes() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { throw Growth(description: "no statm") }
        return pages * 4096
    }

    private static func submit(_ record: inout BatchRecord, to store: BatchStore, first: Int) throws {
        let chunk = makeChunk(
            first: first, makeOperations(first..<(first + 500), size: 200), after: record.digest)
        (record.total, record.digest) = (first + 500, chunk.digest)
        _ = try store.commit([.operations(chunk, of: record.request.id), .batch(record)], loading: [])
    }

    private static func work(_ record: inout BatchRecord, in store: BatchStore, on run: Range<Int>) throws {
        let id = record.request.id
        let grant = Grant(
            id: Int64(run.lowerBound), session: sessionID("s"), batch: id, type: "work", attempt: 1,
            operations: Array(run))
        let committed = try store.commit([.granted(grant)], loading: [grant])
        guard committed.operations[0].count == run.count else { throw Growth(description: "not all loaded") }
        // Odd runs fail, so that there are a great many endings.
        let kind: OperationOutcome.Kind = run.lowerBound / 250 % 2 == 0 ? .completed : .failed
        record.completed += run.count
        _ = try store.commit(
            [.ended(makeEnded(run, kind), of: id), .grantClosed(grant.id), .batch(record)], loading: [])
    }

    private static func run(_ path: String) throws {
        var record = makeRecord("b")
        let store = try BatchStore(path: path)
        var highest = 0
        var base = 0
        func look(_ done: Int) throws {
            if done == total / 10 { base = try residentBytes() }
            highest = max(highest, try residentBytes())
        }
        for first in stride(from: 0, to: total, by: 500) {
            try submit(&record, to: store, first: first)
            try look(first)
        }
        for first in stride(from: 0, to: total, by: 250) {
            try work(&record, in: store, on: first..<(first + 250))
            try look(first)
        }
        let recovered = try store.recover().batches
        guard recovered.map(\.ended) == [[0..<total]] else { throw Growth(description: "not all ended") }
        let failures = try store.failures("b", after: total / 2, limit: 1_000)
        guard failures.count == 1_000 else { throw Growth(description: "not all failures") }
        _ = try store.commit([.batch(record.ended(.failed, at: time(10)))], loading: [])
        while try store.sweep(Retention(), at: time(10_000_000), limit: 100) { try look(total) }
        guard highest - base < 16 << 20 else { throw Growth(description: "\(highest - base) more") }
        let log = try fileSize(path + "-wal")
        guard log < 20 << 20 else { throw Growth(description: "a log of \(log)") }
    }

    @Test func `neither memory nor the log grows with a batch`() async throws {
        try await withFolderAsync { folder in
            await #expect(processExitsWith: .exitCode(42)) { [folder = folder as String] in
                try Self.run(folder + "/tally.db")
                exit(42)
            }
        }
    }
}

import BatchEngine
import BatchProgress
import BatchStore
import Foundation
import Glibc
import Synchronization
import Testing

/// A process that writes is killed in the midst of it; what it was told is durable has to be there.
@Suite struct KillTests {
    private static let id = batchID("b")

    /// Commit `number`: one operation more, of which the one before has ended.
    private static func changes(_ number: Int, _ record: inout BatchRecord) -> [Change] {
        let chunk = makeChunk(
            first: number, makeOperations(number..<(number + 1), size: 3_000), after: record.digest)
        record.total = number + 1
        record.completed = number
        record.digest = chunk.digest
        let ended: [Change] = number == 0 ? [] : [.ended(makeEnded((number - 1)..<number), of: id)]
        return [.operations(chunk, of: id)] + ended + [.batch(record)]
    }

    /// Writes to the store without end. Once `killAfter` commits are acknowledged it is killed at whatever
    /// it then does. Each acknowledgement is written into a file by which the test learns of it.
    private static func write(_ path: String, acknowledgedIn file: String, killAfter: Int) throws {
        let store = try BatchStore(path: path)
        let log = open(file, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let acknowledged = Acknowledged()
        Thread.detachNewThread {
            while acknowledged.count.load(ordering: .relaxed) < killAfter {}
            kill(getpid(), SIGKILL)
        }
        var record = makeRecord("b")
        for number in 0..<100_000 {
            store.commit(changes(number, &record), loading: []) { result in
                guard case .success = result else { exit(1) }
                Glibc.write(log, "x", 1)
                acknowledged.count.add(1, ordering: .relaxed)
            }
        }
    }

    private final class Acknowledged: Sendable {
        let count = Atomic(0)
    }

    @Test(arguments: [1, 2, 30, 300]) func `nothing acknowledged is lost`(killAfter: Int) async throws {
        try await withFolderAsync { folder in
            await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String, killAfter] in
                try Self.write(
                    folder + "/tally.db", acknowledgedIn: folder + "/log", killAfter: killAfter)
            }
            let acknowledged = try fileSize(folder + "/log")
            #expect(acknowledged >= killAfter)
            #expect(try fileSize(folder + "/tally.db-wal") > 0)

            let store = try BatchStore(path: folder + "/tally.db")
            let recovered = try store.recover()
            let batch = try #require(recovered.batches.first)
            #expect(batch.record.total >= acknowledged)
            #expect(batch.record.completed == batch.record.total - 1)
            #expect(batch.ended == (batch.record.total == 1 ? [] : [0..<(batch.record.total - 1)]))
            #expect(
                batch.record.digest == makeChunk(makeOperations(0..<batch.record.total, size: 3_000)).digest)
        }
    }
}

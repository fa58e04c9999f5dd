import BatchProgress
import Synchronization

/// What was looked up last, so that it needn't be again. Bounded; emptied whenever a transaction fails.
final class StoreCaches: Sendable {
    private static let chunksKept = 8
    private static let keysKept = 1_000

    private struct Entry {
        var batch: Int64
        var chunk: StoredChunk
    }

    private struct Contents {
        /// The one used last comes last.
        var chunks: [Entry] = []
        var keys: [BatchID: Int64] = [:]
    }

    private let contents = Mutex(Contents())

    func clear() {
        contents.withLock { $0 = Contents() }
    }

    func key(of id: BatchID) -> Int64? {
        contents.withLock { $0.keys[id] }
    }

    func keep(_ key: Int64, of id: BatchID) {
        contents.withLock {
            if $0.keys.count >= Self.keysKept { $0.keys = [:] }
            $0.keys[id] = key
        }
    }

    func forgetKey(of id: BatchID) {
        contents.withLock { $0.keys[id] = nil }
    }

    func chunk(of batch: Int64, with operation: Int) -> StoredChunk? {
        contents.withLock { contents in
            let index = contents.chunks.lastIndex {
                $0.batch == batch && $0.chunk.operations.contains(operation)
            }
            guard let index else { return nil }
            let entry = contents.chunks.remove(at: index)
            contents.chunks.append(entry)
            return entry.chunk
        }
    }

    func keep(_ chunk: StoredChunk, of batch: Int64) {
        contents.withLock {
            if $0.chunks.count == Self.chunksKept { $0.chunks.removeFirst() }
            $0.chunks.append(Entry(batch: batch, chunk: chunk))
        }
    }
}

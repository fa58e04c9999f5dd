import BatchEngine
import BatchProgress
import BatchStore
import Foundation
import Glibc
import Testing

@Suite struct FullDiskTests {
    private static func makeCommit(_ number: Int) -> [Change] {
        let chunk = makeChunk(makeOperations(0..<100, size: 1_000))
        let record = makeRecord("b\(number)", total: 100, digest: chunk.digest)
        return [.operations(chunk, of: record.request.id), .batch(record)]
    }

    /// Commits until the store refuses; how many it took, and why it took no more.
    private static func fill(_ store: BatchStore, from first: Int) -> (count: Int, error: StoreError?) {
        for number in first..<10_000 {
            do {
                _ = try store.commit(makeCommit(number), loading: [])
            } catch {
                return (number, error)
            }
        }
        return (10_000, nil)
    }

    @Test(.enabled(if: canMount)) func `a full disk refuses commits until there is room`() throws {
        try withMount(options: "size=4m") { folder, _ in
            let ballast = folder + "/ballast"
            try Data(repeating: 1, count: 1 << 21).write(to: URL(filePath: ballast))
            let path = folder + "/tally.db"
            do {
                let store = try BatchStore(path: path)
                let (count, error) = Self.fill(store, from: 0)
                #expect(error?.kind == .full)
                #expect(error?.description.contains("free some space") == true)
                #expect(count > 3)
                #expect(try store.recover().batches.count == count)
                #expect(Self.fill(store, from: count).count == count)

                try FileManager.default.removeItem(atPath: ballast)
                let (more, again) = Self.fill(store, from: count)
                #expect(more > count + 3)
                #expect(again?.kind == .full)
                #expect(try store.recover().batches.count == more)
            }
            // Also after a restart on a disk that is still full.
            #expect(Self.count(path) > 6)
        }
    }

    private static func count(_ path: String) -> Int {
        (try? BatchStore(path: path).recover().batches.count) ?? -1
    }

    @Test func `a file that may not grow counts as a full disk`() async throws {
        try await withFolderAsync { folder in
            await #expect(processExitsWith: .exitCode(42)) { [folder = folder as String] in
                signal(SIGXFSZ, SIG_IGN)
                var limit = rlimit()
                getrlimit(__rlimit_resource_t(1), &limit)  // RLIMIT_FSIZE
                let store = try BatchStore(path: folder + "/tally.db")
                limit.rlim_cur = 1 << 20
                setrlimit(__rlimit_resource_t(1), &limit)
                let (count, error) = Self.fill(store, from: 0)
                limit.rlim_cur = limit.rlim_max
                setrlimit(__rlimit_resource_t(1), &limit)
                let kept = try store.recover().batches.count
                let next = try store.commit(Self.makeCommit(count), loading: [])
                exit(error?.kind == .full && kept == count && count > 3 && next.copies.isEmpty ? 42 : 1)
            }
        }
    }
}

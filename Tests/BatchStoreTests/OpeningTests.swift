import BatchEngine
import BatchProgress
import BatchStore
import Foundation
import GRDB
import Glibc
import Testing

@Suite struct OpeningTests {
    /// The error of opening the store; fails the test if there is none.
    private func openingError(_ path: String) -> StoreError? {
        #expect(throws: StoreError.self) { _ = try BatchStore(path: path) }
    }

    private func change(_ path: String, _ sql: String) throws {
        try DatabaseQueue(path: path).writeWithoutTransaction { try $0.execute(sql: sql) }
    }

    @Test func `only the owner can read what a store keeps`() throws {
        try withStorePath { path in
            let store = try BatchStore(path: path)
            _ = try store.commit([.batch(makeRecord("b"))], loading: [])
            for file in [path, path + "-wal", path + "-shm", path + ".lock"] {
                let attributes = try FileManager.default.attributesOfItem(atPath: file)
                #expect(attributes[.posixPermissions] as? Int == 0o600, "\(file)")
            }
        }
    }

    @Test func `a store of a later version is refused, and stays as it was`() throws {
        try withStorePath { path in
            _ = try BatchStore(path: path).commit([.batch(makeRecord("b"))], loading: [])
            let version = try DatabaseQueue(path: path).read {
                try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0
            }
            try change(path, "PRAGMA user_version = 4711")
            let before = try Data(contentsOf: URL(filePath: path))
            let error = openingError(path)
            #expect(error?.kind == .newer(version: 4711))
            #expect(error?.description.contains("schema 4711, here \(version)") == true)
            #expect(try Data(contentsOf: URL(filePath: path)) == before)
            try change(path, "PRAGMA user_version = \(version)")
            let known = try BatchStore(path: path).known("b")
            #expect(known == .kept(makeRecord("b")))
        }
    }

    @Test(arguments: [
        ("a text", "This is no database, but a text that is long enough to be looked at. It goes on."),
        ("a header without a body", "SQLite format 3\0"),
    ])
    func `a file that is no database is refused, and stays as it was`(name: String, content: String) throws {
        try withStorePath { path in
            try Data(content.utf8).write(to: URL(filePath: path))
            let error = openingError(path)
            #expect(error?.kind == .corrupt)
            #expect(error?.description.contains("move it away") == true)
            #expect(try Data(contentsOf: URL(filePath: path)) == Data(content.utf8))
        }
    }

    @Test(arguments: ["CREATE TABLE notes (text)", "PRAGMA user_version = 1", "PRAGMA application_id = 7"])
    func `the database of another program is refused`(sql: String) throws {
        try withStorePath { path in
            try change(path, sql)
            let error = openingError(path)
            #expect(error?.kind == .corrupt)
            #expect(error?.description.contains("another program") == true)
        }
    }

    @Test func `a damaged file is an error, not a crash`() throws {
        try withStorePath { path in
            try commitEnded("b", total: 3_000, failed: [5..<6], in: try BatchStore(path: path))
            let whole = try Data(contentsOf: URL(filePath: path))
            var refused = 0
            for page in 1..<(whole.count / 4096) {
                var damaged = whole
                let start = page * 4096
                damaged.replaceSubrange(start..<(start + 4096), with: repeatElement(0x55, count: 4096))
                try damaged.write(to: URL(filePath: path))
                do {
                    let store = try BatchStore(path: path)
                    _ = try store.recover()
                    _ = try store.known("b")
                    _ = try store.failures("b")
                    _ = try store.outcome("b", 2_999)
                } catch let error as StoreError {
                    #expect(error.kind == .corrupt)
                    refused += 1
                }
            }
            #expect(refused > 5)
        }
    }

    @Test func `values that make no sense are an error`() throws {
        try withStorePath { path in
            _ = try BatchStore(path: path).commit([.batch(makeRecord("b"))], loading: [])
            for sql in [
                "UPDATE batches SET status = 'merry'", "UPDATE batches SET id = 'a.b', status = 'pending'",
                "UPDATE batches SET id = 'b', errors = '{'",
            ] {
                try change(path, sql)
                let store = try BatchStore(path: path)
                let error = #expect(throws: StoreError.self) { try store.recover() }
                #expect(error?.kind == .corrupt)
            }
        }
    }

    @Test func `a second store on the same file is refused until the first is gone`() throws {
        try withStorePath { path in
            do {
                let first = try BatchStore(path: path)
                #expect(openingError(path)?.kind == .inUse(pid: getpid()))
                _ = try first.commit([.batch(makeRecord("b"))], loading: [])
            }
            let known = try BatchStore(path: path).known("b")
            #expect(known == .kept(makeRecord("b")))
        }
    }

    @Test func `another process is refused, and told who has the store`() async throws {
        try await withFolderAsync { folder in
            let store = try BatchStore(path: folder + "/tally.db")
            await #expect(processExitsWith: .exitCode(42)) {
                [folder = folder as String, owner = getpid() as Int32] in
                do {
                    _ = try BatchStore(path: folder + "/tally.db")
                } catch let error as StoreError {
                    let isTold = error.description.contains("process \(owner)")
                    exit(error.kind == .inUse(pid: owner) && isTold ? 42 : 1)
                }
            }
            _ = try store.commit([.batch(makeRecord("b"))], loading: [])
        }
    }

    @Test func `what can't be written is refused`() throws {
        try withFolder { folder in
            let missing = openingError(folder + "/missing/tally.db")
            #expect(missing?.kind == .notWritable)
            #expect(missing?.description.contains("No such file or directory") == true)
            try FileManager.default.createDirectory(
                atPath: folder + "/folder", withIntermediateDirectories: false)
            let isFolder = openingError(folder + "/folder")
            #expect(isFolder?.kind == .notWritable)
        }
    }

    @Test(.enabled(if: canMount)) func `a read-only file system is refused`() throws {
        try withMount(options: "size=1m") { folder, remount in
            _ = try BatchStore(path: folder + "/tally.db").commit([.batch(makeRecord("b"))], loading: [])
            try remount("ro")
            let error = openingError(folder + "/tally.db")
            #expect(error?.kind == .notWritable)
            #expect(error?.description.contains("Read-only file system") == true)
        }
    }

    @Test func `a folder without permission is refused`() async throws {
        try await withFolderAsync { folder in
            try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder)
            await #expect(processExitsWith: .exitCode(42)) { [folder = folder as String] in
                // Permissions don't hold root back.
                if getuid() == 0 { _ = setuid(65_534) }
                do {
                    _ = try BatchStore(path: folder + "/tally.db")
                } catch let error as StoreError {
                    exit(error.kind == .notWritable ? 42 : 1)
                }
            }
        }
    }
}

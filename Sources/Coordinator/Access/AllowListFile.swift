import AccessControl
import FoundationEssentials
import Glibc

/// The allow-list as it is in its file now.
struct AllowListFile {
    /// By these a file that was changed is known, also one that was moved into its place.
    private struct Stamp: Hashable {
        var inode: UInt
        var size: Int
        var seconds: Int
        var nanoseconds: Int
    }

    let path: String
    private(set) var list = AllowList()
    private var stamp: Stamp?

    /// - Throws: `AllowList.Fault`, with the path.
    init(path: String) throws {
        self.path = path
        stamp = Self.stamp(of: path)
        list = try Self.read(path)
    }

    /// Takes up a change. What can't be read leaves the list as it was, and is thrown once.
    ///
    /// - Returns: whether there was one.
    mutating func refresh() throws -> Bool {
        let now = Self.stamp(of: path)
        guard now != stamp else { return false }
        stamp = now
        list = try Self.read(path)
        return true
    }

    private static func read(_ path: String) throws -> AllowList {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw AllowList.Fault(description: "the allow-list \(path) can't be read")
        }
        do throws(AllowList.Fault) {
            return try AllowList(String(decoding: data, as: UTF8.self))
        } catch {
            throw AllowList.Fault(description: "the allow-list \(path): \(error)")
        }
    }

    private static func stamp(of path: String) -> Stamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Stamp(
            inode: status.st_ino, size: status.st_size, seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec)
    }
}

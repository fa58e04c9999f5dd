import FoundationEssentials
import Glibc

/// Where commands write how far they are: `$TALLY_PROGRESS` names a file in it that isn't there until the
/// command makes it.
///
/// Its owner holds a lock on it for as long as it lives, however it ends: so who comes later can tell what a
/// worker that was killed has left behind, also where process ids say nothing, as between containers.
final class ProgressFolder: Sendable {
    private static let prefix = "tally-progress."

    let path: String
    private let lock: CInt

    /// Removes those that were left behind, too.
    ///
    /// - Parameter base: nil: the folder for what is temporary.
    init(in base: String? = nil) throws(OperationFailure) {
        let base = base ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        Self.removeAbandoned(in: base)
        // It has its name only once it is locked, or somebody else might take it for abandoned.
        var template = Array("\(base)/tally-starting-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw OperationFailure("no folder can be made in \(base): \(String(cString: strerror(errno)))")
        }
        let fresh = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        path = "\(base)/\(Self.prefix)\(fresh.suffix(6))"
        lock = Self.lock(fresh) ?? -1
        guard lock >= 0, rename(fresh, path) == 0 else {
            let reason = String(cString: strerror(errno))
            rmdir(fresh)
            throw OperationFailure("no folder can be kept in \(base): \(reason)")
        }
    }

    deinit { close(lock) }

    func file(for context: OperationContext) -> ProgressFile {
        ProgressFile(path: "\(path)/\(context.batch)-\(context.operation)-\(context.attempt)")
    }

    func remove() {
        rmdir(path)
    }

    /// Of this user; nothing but files is in them.
    private static func removeAbandoned(in base: String) {
        for name in names(in: base) where name.hasPrefix(prefix) {
            let path = "\(base)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0, status.st_uid == geteuid(), let lock = lock(path) else {
                continue
            }
            for file in names(in: path) { unlink("\(path)/\(file)") }
            rmdir(path)
            close(lock)
        }
    }

    /// The descriptor that holds it; nil if it is no folder, or another holds it.
    private static func lock(_ path: String) -> CInt? {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return descriptor }
        close(descriptor)
        return nil
    }

    private static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }
}

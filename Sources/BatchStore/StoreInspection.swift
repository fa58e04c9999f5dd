import GRDB
import Glibc

/// What can be told of a store without opening it for work: nothing is made, changed or locked.
package struct StoreInspection: Hashable, Sendable {
    package enum State: Hashable, Sendable {
        /// There is no such file yet.
        case missing
        case readable(version: Int)
        case refused(StoreError)
    }

    package var state: State
    /// The process that has it open.
    package var holder: Int32?

    package init(path: String) {
        state = Self.state(of: path)
        holder = Self.holder(ofStore: path)
    }

    private static func state(of path: String) -> State {
        guard access(path, F_OK) == 0 else {
            let reason = errno
            guard reason != ENOENT else { return .missing }
            return .refused(
                StoreError(.notWritable, path: path, detail: String(cString: strerror(reason))))
        }
        guard access(path, R_OK | W_OK) == 0 else {
            return .refused(
                StoreError(.notWritable, path: path, detail: String(cString: strerror(errno))))
        }
        do {
            var configuration = Configuration()
            configuration.readonly = true
            let version = try DatabaseQueue(path: path, configuration: configuration).read {
                try Schema.check($0, path: path)
            }
            return .readable(version: version)
        } catch {
            return .refused(StoreError(error, path: path, systemError: errno))
        }
    }

    /// The process that has it open; nil: none has, or there is no such file.
    package static func holder(ofStore path: String) -> Int32? { holder(of: path + ".lock") }

    /// From the system's list of locks: asking for the lock itself could be in the way of whoever begins. The list is
    /// read in pieces, and where others let go of locks between two of them one may be left out: so a second look.
    private static func holder(of path: String) -> Int32? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return holder(ofNode: status.st_ino) ?? holder(ofNode: status.st_ino)
    }

    private static func holder(ofNode node: ino_t) -> Int32? {
        guard let file = fopen("/proc/locks", "re") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            // 1: FLOCK  ADVISORY  WRITE 4711 08:01:1234 0 EOF
            let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            let words = text.split(separator: " ")
            guard words.count > 5, words[1] == "FLOCK", let pid = Int32(words[4]), pid > 0,
                words[5].split(separator: ":").last == Substring(String(node))
            else { continue }
            return pid
        }
        return nil
    }
}

import GRDB
import Glibc

/// Why the store could not do what it was asked. Whatever was to be changed has not been.
package struct StoreError: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// No room on the disk, or in the quota. The store goes on once there is.
        case full
        /// The file is damaged, or is no store of Tally's.
        case corrupt
        /// A later Tally wrote it, with this version of the schema.
        case newer(version: Int)
        /// Another process has it open; its id, where that is known.
        case inUse(pid: Int32?)
        /// The file or its folder can't be written.
        case notWritable
        case other
    }

    package var kind: Kind
    package var path: String
    /// What SQLite or the system said.
    package var detail: String

    init(_ kind: Kind, path: String, detail: String = "") {
        self.kind = kind
        self.path = path
        self.detail = detail
    }
}

extension StoreError: CustomStringConvertible {
    /// What is wrong and what to do, for people.
    package var description: String {
        let reason = detail.isEmpty ? "" : " (\(detail))"
        return switch kind {
        case .full:
            "no room for the store '\(path)'\(reason): free some space on its disk"
        case .corrupt:
            "'\(path)' is damaged, or no store of Tally's\(reason): move it away to begin with an empty one"
        case .newer(let version):
            "the store '\(path)' was written by a later version of Tally (schema \(version), here "
                + "\(Schema.version)): run that version or a later one, or move the file away"
        case .inUse(let pid):
            "the store '\(path)' is in use by \(pid.map { "process \($0)" } ?? "another process")\(reason): "
                + "stop it first, or choose another path"
        case .notWritable:
            "the store '\(path)' can't be written\(reason): check the permissions of the file and its folder"
        case .other:
            "the store '\(path)' failed\(reason)"
        }
    }
}

/// The store and whoever writes to it disagree on what is in it: a fault of the program, not of the file.
struct Contradiction: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// What was read makes no sense.
struct Damage: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension StoreError {
    /// `systemError`: errno, by which an I/O error is told from a full disk. SQLite itself does so when it
    /// writes and the device is full, but not for a quota, or a limit on a file's size; and of what fails in
    /// a commit, `sqlite3_system_errno` knows nothing.
    init(_ error: any Error, path: String, systemError: Int32) {
        switch error {
        case let error as StoreError:
            self = error
        case let error as DatabaseError:
            let kind = Self.kind(of: error.resultCode, systemError: systemError)
            let system =
                error.resultCode == .SQLITE_IOERR ? ", \(String(cString: strerror(systemError)))" : ""
            self.init(kind, path: path, detail: (error.message ?? "\(error.resultCode)") + system)
        case let error as Contradiction:
            self.init(.other, path: path, detail: error.description)
        default:
            // Whatever else is thrown comes of reading values that are not what was written.
            self.init(.corrupt, path: path, detail: "\(error)")
        }
    }

    private static func kind(of code: ResultCode, systemError: Int32) -> Kind {
        switch code {
        case .SQLITE_FULL: .full
        case .SQLITE_IOERR: [ENOSPC, EDQUOT, EFBIG].contains(systemError) ? .full : .other
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: .corrupt
        case .SQLITE_BUSY, .SQLITE_LOCKED: .inUse(pid: nil)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: .notWritable
        default: .other
        }
    }
}

/// Why a command was never executed.
package enum StartFailure: Error, Hashable, Sendable {
    case commandNotFound([UInt8])
    case permissionDenied([UInt8])
    case noSuchFolder([UInt8])
    case folderNotUsable([UInt8], SystemFailure)
    /// There is no first word.
    case emptyCommand
    /// A word, a variable or the folder's name holds a byte 0, which no command can be given.
    case zeroByte
    case system(SystemFailure)
}

/// A system call that failed.
package struct SystemFailure: Error, Hashable, Sendable {
    /// What was being done: "open /dev/null".
    package var operation: String
    /// The `errno`.
    package var code: Int32

    package init(_ operation: String, code: Int32) {
        self.operation = operation
        self.code = code
    }
}

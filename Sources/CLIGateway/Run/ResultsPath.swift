import Glibc

/// A folder for the operations' output, that can be written to.
package struct ResultsPath: Sendable {
    let path: String

    /// Makes it, if it isn't there.
    ///
    /// - Throws: `InputError` that names it.
    package init(_ path: String) throws(InputError) {
        self.path = path
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw Self.fault(path, errno) }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw Self.fault(path, ENOTDIR)
        }
        guard access(path, W_OK | X_OK) == 0 else { throw Self.fault(path, errno) }
    }

    private static func fault(_ path: String, _ code: CInt) -> InputError {
        InputError(
            "--results \(path): \(String(cString: strerror(code))); name a folder that you can write to")
    }
}

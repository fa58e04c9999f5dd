import Glibc

/// The file behind an `ipc://` endpoint that is to be bound.
///
/// libzmq unlinks whatever is at that path before it binds: a stale socket, a living process's, any file
/// at all. So what is there has to be looked at first.
struct IPCPath {
    /// What fits into `sockaddr_un.sun_path` with its closing NUL.
    static let maximumBytes = 107

    let endpoint: String
    let path: String

    /// Nil for another transport, and for ipc names that are no files (abstract ones, the wildcard).
    init?(endpoint: String) {
        let prefix = "ipc://"
        guard endpoint.hasPrefix(prefix) else { return nil }
        self.path = String(endpoint.dropFirst(prefix.count))
        self.endpoint = endpoint
        if path.isEmpty || path.hasPrefix("@") || path.hasPrefix("*") { return nil }
    }

    /// Throws unless there is nothing at the path, or a socket that nobody listens to any more.
    func requireFree() throws(ZeroMQError) {
        guard path.utf8.count <= Self.maximumBytes else { throw error(ENAMETOOLONG) }
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw error(EEXIST) }
        switch try knock() {
        case ECONNREFUSED, ENOENT: return
        case 0, EAGAIN: throw error(EADDRINUSE)  // EAGAIN: somebody listens, with a full backlog
        case let code: throw error(code)
        }
    }

    /// The file that is there now; nil if there is none.
    var file: FileIdentity? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        return FileIdentity(device: status.st_dev, number: status.st_ino)
    }

    /// Removes the file, unless it is another one by now.
    func remove(_ known: FileIdentity) {
        if file == known { unlink(path) }
    }

    struct FileIdentity: Equatable {
        var device: dev_t
        var number: ino_t
    }

    /// Connects and hangs up. Returns the error number, 0 if somebody answered.
    private func knock() throws(ZeroMQError) -> CInt {
        let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { throw error(errno) }
        defer { Glibc.close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return result == 0 ? 0 : errno
    }

    private func error(_ code: CInt) -> ZeroMQError {
        ZeroMQError(code: code, operation: "bind", endpoint: endpoint)
    }
}

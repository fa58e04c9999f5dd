import Glibc

/// Keeps a second gateway off a state folder. It ends with the process, however that ends.
struct FolderLock: ~Copyable, Sendable {
    private let descriptor: CInt

    init(_ folder: String) throws(GatewayFault) {
        let path = "\(folder)/lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw GatewayFault("\(path) can't be written: \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw GatewayFault(
                "another gateway uses the folder \(folder): stop it, or give this one a folder of its own by --state"
            )
        }
    }

    deinit { close(descriptor) }
}

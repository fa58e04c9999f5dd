import Glibc

/// Keeps a second gateway off a state folder. It ends with the process, however that ends.
struct FolderLock: ~Copyable, Sendable {
    private let descriptor: CInt

    init(_ folder: String) throws(GatewayFault) {
        let path = "\(folder)/lock"
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw GatewayFault("\(path) can't be written: \(String(cString: strerror(errno)))")
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            throw GatewayFault(
                "another gateway uses the folder \(folder): stop it, or give this one a folder of its own by --state"
            )
        }
        // Not before: what has all its fields is ended by its deinit, also where its init throws.
        descriptor = file
    }

    deinit { close(descriptor) }
}

import Glibc

/// Keeps other processes off a store: a lock of the system's on a file beside it, which ends with the
/// process, however that ends. The file itself stays, and holds the id of the last process that had it.
struct StoreLock: ~Copyable, Sendable {
    private let descriptor: Int32

    /// - Parameter path: of the store; the lock's file has `.lock` after it.
    init(storeAt path: String) throws(StoreError) {
        let file = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw StoreError(
                .notWritable, path: path, detail: "\(path).lock: " + String(cString: strerror(errno)))
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let holder = Self.readProcessID(file)
            close(file)
            throw reason == EWOULDBLOCK
                ? StoreError(.inUse(pid: holder), path: path)
                : StoreError(
                    .other, path: path, detail: "can't be locked: " + String(cString: strerror(reason)))
        }
        // Not before: what has all its fields is ended by its deinit, also where its init throws.
        descriptor = file
        writeProcessID()
    }

    deinit {
        // Closing alone would leave the lock to a child process that was forked and is about to execute.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// For the message of whoever finds the store taken; so it doesn't matter if a full disk refuses it.
    private func writeProcessID() {
        let text = Array("\(getpid())\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, text, text.count, 0)
    }

    private static func readProcessID(_ descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let length = pread(descriptor, &bytes, bytes.count, 0)
        guard length > 0 else { return nil }
        let digits = bytes[..<length].prefix { $0 != UInt8(ascii: "\n") }
        return Int32(String(decoding: digits, as: UTF8.self))
    }
}

import Glibc

/// A file without a name, that is gone with this process, for what has to wait.
final class SpoolFile: Sendable {
    private let descriptor: CInt

    /// - Throws: `RunError` that names the folder.
    init() throws(RunError) {
        // Not /tmp by default: that may be memory.
        let folder =
            getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? "/var/tmp"
        var template = Array("\(folder)/tally-order-XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else {
            let fault = String(cString: strerror(errno))
            throw RunError("--keep-order needs a file in \(folder): \(fault); set TMPDIR to another folder")
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(template)
    }

    deinit { close(descriptor) }

    /// False if not all of it can be written.
    func write(_ bytes: [UInt8], at offset: Int64) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
                let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset) + written)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                written += count
            }
            return true
        }
    }

    /// Hands on so many bytes, in pieces.
    func read(from start: Int64, count: Int64, _ body: ([UInt8]) -> Void) {
        var offset = start
        while offset < start + count {
            let limit = Int(min(1 << 16, start + count - offset))
            let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
                filled = max(0, pread(descriptor, buffer.baseAddress, limit, off_t(offset)))
            }
            guard !bytes.isEmpty else { return }
            body(bytes)
            offset += Int64(bytes.count)
        }
    }

    func clear() {
        ftruncate(descriptor, 0)
    }
}

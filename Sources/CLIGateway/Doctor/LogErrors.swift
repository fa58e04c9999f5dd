import Glibc

/// Errors in a process's log: lines whose second word is a level that means one, and those of a crash.
package struct LogErrors {
    package let finding: Examination.Log

    /// Of the last 256 KiB. Nil if there is none.
    package init?(path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        var bytes = [UInt8](repeating: 0, count: 1 << 18)
        let count = pread(descriptor, &bytes, bytes.count, max(0, size - off_t(bytes.count)))
        self.init(path: path, text: String(decoding: bytes.prefix(max(0, count)), as: UTF8.self))
    }

    package init?(path: String, text: String) {
        let lines = text.split(separator: "\n").filter(Self.isError)
        guard let last = lines.last else { return nil }
        finding = Examination.Log(path: path, errors: lines.count, last: String(last.prefix(300)))
    }

    private static func isError(_ line: Substring) -> Bool {
        let words = line.split(separator: " ", maxSplits: 2)
        return words.count > 1 && ["error", "critical"].contains(words[1]) || line.contains("Fatal error:")
    }
}

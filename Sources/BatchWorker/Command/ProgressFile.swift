import Glibc

/// The last line counts: a number from 0 to 1, and what is being done, such as `0.4 resizing`.
struct ProgressFile: Sendable {
    let path: String

    func remove() {
        unlink(path)
    }

    /// Progress and message of a line; nil if it doesn't begin with a number from 0 to 1.
    static func parse(_ line: [UInt8]) -> (progress: Double, message: String?)? {
        let text = String(decoding: line, as: UTF8.self)
        let parts = text.split(separator: " ", maxSplits: 1)
        guard let first = parts.first, let progress = Double(first), 0...1 ~= progress else { return nil }
        return (progress, parts.count > 1 ? parts[1].cut(toScalars: 200) : nil)
    }

    /// The last whole line, of at most 1000 bytes; nil while there is none.
    func lastLine() -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        // The command may have made a pipe of it, which has no end.
        guard size > 0 else { return nil }
        let start = max(0, size - 1000)
        var buffer = [UInt8](repeating: 0, count: Int(size - start))
        let count = pread(descriptor, &buffer, buffer.count, start)
        guard count > 0 else { return nil }
        return buffer.prefix(count).split(separator: UInt8(ascii: "\n")).last.map(Array.init)
    }
}

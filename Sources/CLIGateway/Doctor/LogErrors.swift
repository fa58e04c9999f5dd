import Foundation
import Glibc

/// Errors in a process's log: lines of a level that means one, in either format, and those of a crash.
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
        let lines = text.split(separator: "\n").compactMap(Self.error)
        guard let last = lines.last else { return nil }
        finding = Examination.Log(path: path, errors: lines.count, last: String(last.prefix(300)))
    }

    private static let levels: Set = ["error", "critical"]

    /// The line as people read it, if it tells of an error.
    private static func error(_ line: Substring) -> String? {
        if let entry = Entry(line) { return levels.contains(entry.level) ? entry.text : nil }
        let words = line.split(separator: " ", maxSplits: 2)
        let isError = words.count > 1 && levels.contains(String(words[1])) || line.contains("Fatal error:")
        return isError ? String(line) : nil
    }

    /// A line of JSON.
    private struct Entry: Decodable {
        var time: String
        var level: String
        var logger: String
        var message: String
        var error: String?

        init?(_ line: Substring) {
            guard line.hasPrefix("{"),
                let entry = try? JSONDecoder().decode(Entry.self, from: Data(line.utf8))
            else { return nil }
            self = entry
        }

        var text: String {
            "\(time) \(level) \(logger): \(message)" + (error.map { ": \($0)" } ?? "")
        }
    }
}

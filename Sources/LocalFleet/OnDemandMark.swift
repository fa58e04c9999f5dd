import Glibc

/// What a coordinator that was started on demand leaves in the state folder, for whoever comes after it.
package struct OnDemandMark: Sendable {
    package let process: pid_t
    /// Where it listens.
    package let address: String

    package init(process: pid_t, address: String) {
        self.process = process
        self.address = address
    }

    /// Nil: there is none, or it tells nothing.
    init?(in folder: String) {
        let file = open(Self.path(in: folder), O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = pread(file, &bytes, bytes.count, 0)
        let lines = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n")
        guard lines.count == 2, let process = pid_t(lines[0]), process > 0 else { return nil }
        self.init(process: process, address: String(lines[1]))
    }

    /// A mark that a full disk keeps empty still says that it was there.
    func write(in folder: String) {
        let file = open(Self.path(in: folder), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        let text = Array("\(process)\n\(address)\n".utf8)
        _ = pwrite(file, text, text.count, 0)
    }

    static func isThere(in folder: String) -> Bool { access(path(in: folder), F_OK) == 0 }

    static func remove(in folder: String) { unlink(path(in: folder)) }

    private static func path(in folder: String) -> String { "\(folder)/on-demand" }
}

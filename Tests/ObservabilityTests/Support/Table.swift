import Foundation
import Glibc
import ProcessTesting

/// The tables of docs/operations.md.
enum Table {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The names in the first columns of the tables of metrics.
    static func metrics() throws -> [String] {
        let text = try String(contentsOf: folder.appending(path: "docs/operations.md"), encoding: .utf8)
        return text.matches(of: #/(?m)^\| `((?:tally|process)_[a-z_]+)/#).map { String($0.output.1) }
    }
}

enum FreePort {
    /// One that nobody had a moment ago.
    static func find() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) | getsockname(descriptor, address, &length)
            }
        }
        guard code == 0 else { throw SystemError("find a port") }
        return address.sin_port.bigEndian
    }
}

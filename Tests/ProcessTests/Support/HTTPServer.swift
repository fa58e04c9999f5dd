import Foundation
import Glibc
import ProcessTesting
import Synchronization

/// Answers requests by HTTP on this machine, one after the other, and keeps what was sent.
final class HTTPServer: Sendable {
    private let listener: CInt
    let port: Int
    private let kept = Mutex<[String]>([])

    /// - Parameter statuses: of the answers, in order; the last one stays.
    init(statuses: [Int]) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (listener, size) = (listener, length)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 8) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard code else { throw SystemError("listen") }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [self] in serve(statuses) }
    }

    /// Whole requests, each with its head.
    var requests: [String] { kept.withLock { $0 } }

    /// Ends the thread, which keeps this alive.
    func close() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func serve(_ statuses: [Int]) {
        var rest = statuses[...]
        while case let connection = accept(listener, nil, nil), connection >= 0 {
            let request = read(from: connection)
            kept.withLock { $0.append(request) }
            let answer =
                "HTTP/1.1 \(rest.first ?? 500) Such\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            _ = bytes(answer).withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            Glibc.close(connection)
            if rest.count > 1 { rest.removeFirst() }
        }
        Glibc.close(listener)
    }

    /// The head, and as much after it as it says.
    private func read(from connection: CInt) -> String {
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let text = String(decoding: content, as: UTF8.self)
            let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, let length = parts[0].firstMatch(of: /(?i)content-length: (\d+)/)?.1,
                parts[1].utf8.count >= Int(length) ?? 0
            {
                return text
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return text }
            content += buffer[..<count]
        }
    }
}

import Foundation
import Glibc

/// Many connections that each read a stream of JSON lines, on one thread: when which line came, by its revision.
final class LineReaders {
    private struct Connection {
        var rest: [UInt8] = []
        var isOpen = true
    }

    private var polled: [pollfd] = []
    private var connections: [CInt: Connection] = [:]
    /// Of lines that came since `begin`: the revision, and when, in seconds.
    private(set) var arrivals: [(revision: Int, at: Double)] = []
    private var isCounting = false

    /// Connects, asks for `path`, and waits until each has got its first line.
    init(count: Int, port: Int, path: String, headers: String = "") throws {
        let request = Array("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\(headers)\r\n".utf8)
        for _ in 0..<count { try connect(port, request) }
    }

    deinit {
        for descriptor in connections.keys { close(descriptor) }
    }

    private func connect(_ port: Int, _ request: [UInt8]) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, size) }
        }
        guard connected == 0, write(descriptor, request, request.count) == request.count else {
            throw Failure("can't connect to port \(port): \(String(cString: strerror(errno)))")
        }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        polled.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
        connections[descriptor] = Connection()
    }

    var openCount: Int { connections.values.count { $0.isOpen } }

    /// From now on lines count.
    func begin() {
        arrivals = []
        isCounting = true
    }

    func read(for duration: Duration) {
        let deadline = ContinuousClock.now + duration
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while ContinuousClock.now < deadline {
            guard poll(&polled, nfds_t(polled.count), 10) > 0 else { continue }
            for index in polled.indices where polled[index].revents != 0 { readOnce(index, &buffer) }
        }
    }

    private func readOnce(_ index: Int, _ buffer: inout [UInt8]) {
        let descriptor = polled[index].fd
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        guard count > 0 else {
            if count == 0 || errno != EAGAIN {
                connections[descriptor]?.isOpen = false
                // poll(2) passes over it.
                polled[index].fd = -1
            }
            return
        }
        let now = Date().timeIntervalSince1970
        var rest = connections[descriptor]?.rest ?? []
        rest += buffer[..<count]
        var start = 0
        while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
            if isCounting, let revision = Self.revision(rest[start..<end]) {
                arrivals.append((revision, now))
            }
            start = end + 1
        }
        connections[descriptor]?.rest = Array(rest[start...])
    }

    /// Of a line that is an event.
    private static func revision(_ line: ArraySlice<UInt8>) -> Int? {
        guard line.first == UInt8(ascii: "{") else { return nil }
        let key = Array("\"revision\":".utf8)
        guard let found = line.firstRange(of: key) else { return nil }
        return line[found.upperBound...].prefix { 48...57 ~= $0 }.reduce(0) { $0 * 10 + Int($1) - 48 }
    }
}

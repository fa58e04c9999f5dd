import Glibc

/// A connection as a client sees it, byte by byte: nothing is read unless asked for.
package final class HTTPConnection {
    private let descriptor: CInt
    private var isOpen = true
    package private(set) var received: [UInt8] = []
    /// The other side has closed it.
    package private(set) var isAtEnd = false

    /// - Parameter receiveBuffer: how much the kernel takes while nobody reads.
    package init(port: UInt16, receiveBuffer: CInt? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<CInt>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        // All is set, so deinit closes it.
        guard code == 0 else { throw SystemError("connect to \(port)") }
    }

    deinit { close() }

    package func close() {
        if isOpen { Glibc.close(descriptor) }
        isOpen = false
    }

    package func send(_ text: String) {
        var rest = bytes(text)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Takes what is there.
    @discardableResult
    package func read() -> HTTPConnection {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while isOpen, !isAtEnd {
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count < 0, errno == EAGAIN || errno == EINTR { break }
            if count <= 0 {
                isAtEnd = true
            } else {
                received += buffer[..<count]
            }
        }
        return self
    }

    /// What has come of it so far.
    package var answer: HTTPAnswer { HTTPAnswer(read().received) }

    /// Whole lines of the body that have come so far, empty ones left out.
    package var lines: [String] {
        answer.body.split(separator: "\n", omittingEmptySubsequences: false).dropLast().filter { !$0.isEmpty }
            .map(String.init)
    }
}

/// An answer, perhaps only the beginning of one.
package struct HTTPAnswer: CustomStringConvertible {
    package var status = 0
    /// Names in lower case.
    package var headers: [String: String] = [:]
    /// Without the marks of chunks.
    package var body = ""
    /// The last chunk has come.
    package var isWhole = false

    package var description: String { "\(status) \(headers) \(body)" }

    package init(_ received: [UInt8]) {
        let text = String(decoding: received, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.last.map { String($0.trimmingPrefix(" ")) }
        }
        let rest = Array(text[end.upperBound...].utf8)
        if headers["transfer-encoding"] == "chunked" {
            takeChunks(rest[...])
        } else {
            body = String(decoding: rest, as: UTF8.self)
        }
    }

    private mutating func takeChunks(_ received: ArraySlice<UInt8>) {
        var rest = received
        var content: [UInt8] = []
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")),
            let size = Int(String(decoding: rest[..<end].dropLast(), as: UTF8.self), radix: 16)
        {
            rest = rest[(end + 1)...]
            if size == 0 {
                isWhole = true
                break
            }
            guard rest.count >= size + 2 else { break }
            content += rest.prefix(size)
            rest = rest.dropFirst(size + 2)
        }
        body = String(decoding: content, as: UTF8.self)
    }
}

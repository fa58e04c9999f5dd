import Glibc
import ProcessTesting
import ZeroMQ

/// A bare ZeroMQ socket, to say to a process whatever one likes.
actor Probe {
    private let loop: SocketLoop
    private let socket: Socket
    private var received: [[Frame]] = []
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private init(_ type: SocketType) throws {
        loop = try SocketLoop(name: "probe")
        var options = SocketOptions()
        options.sendHighWaterMark = 100_000
        socket = try Socket(type, options: options, loop: loop)
    }

    static func open<Result: Sendable>(
        _ type: SocketType, _ endpoint: String, _ body: (Probe) async throws -> Result
    ) async throws -> Result {
        let probe = try Probe(type)
        do {
            try await probe.begin(type, endpoint)
            let result = try await body(probe)
            await probe.end()
            return result
        } catch {
            await probe.end()
            throw error
        }
    }

    private func begin(_ type: SocketType, _ endpoint: String) throws {
        try socket.connect(endpoint)
        guard type != .push else { return }
        loop.watch(socket) { [weak self] in self?.assumeIsolated { $0.drain() } }
    }

    private func end() {
        socket.close()
        loop.stop()
    }

    private func drain() {
        while case .message(let frames)? = try? socket.receive() { received.append(frames) }
    }

    func subscribe(_ prefix: [UInt8]) throws { try socket.subscribe(prefix) }

    func send(_ frames: [Frame]) async throws {
        while try socket.send(frames) == .full {
            await withCheckedContinuation { continuation in
                loop.whenWritable(socket) { continuation.resume() }
            }
        }
    }

    func send(_ text: String, _ frames: [Frame] = []) async throws { try await send([bytes(text)] + frames) }

    private func take() -> [Frame]? { received.isEmpty ? nil : received.removeFirst() }

    /// The next message.
    nonisolated func next() async throws -> [Frame] {
        try await eventuallyValue("an answer") { await take() }
    }

    func answer(to text: String, _ frames: [Frame] = []) async throws -> [Frame] {
        try await send(text, frames)
        return try await next()
    }
}

/// Bytes, as they come, at a unix socket.
struct RawConnection: ~Copyable {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0 else { throw SystemError("connect to \(path)") }
    }

    deinit { close(descriptor) }

    /// As much of it as the other side takes at once; it may hang up.
    func send(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes {
            Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        }
    }
}

import Glibc
import ProcessTesting

/// Clients that follow, all in one process, which asks and then reads nothing.
struct Followers {
    /// What the kernel takes for them while they don't read; nil: as much as is usual.
    var receiveBuffer: Int?
    var headers: [String] = []

    /// Ends with the process only, so that whoever kills it leaves without a word from any of them.
    private static let program = """
        import socket, sys, time
        host, port, path, count, buffer, headers = sys.argv[1:]
        request = f'GET {path} HTTP/1.1\\r\\nHost: {host}:{port}\\r\\n{headers}\\r\\n'.encode()
        clients = []
        for _ in range(int(count)):
            client = socket.socket()
            if buffer: client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, int(buffer))
            client.connect((host, int(port)))
            client.sendall(request)
            clients.append(client)
        time.sleep(1000)
        """

    /// - Parameter wrapper: a command that is given the client's as its last arguments.
    func start(
        _ count: Int, at path: String, host: String = "127.0.0.1", port: UInt16, in home: Home,
        under wrapper: [String] = []
    ) throws -> TestProcess {
        let words = [
            "/usr/bin/python3", "-c", Self.program, host, "\(port)", path, "\(count)",
            receiveBuffer.map { "\($0)" } ?? "", headers.map { "\($0)\r\n" }.joined(),
        ]
        return try home.start(words: (wrapper + words).map { bytes($0) })
    }
}

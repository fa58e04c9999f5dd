import ProcessTesting
import Testing

/// All of these tests, a few at a time.
@Suite(Room()) struct Gateways {}

/// A `tally mcp` that listens.
struct Gateway {
    let process: TestProcess
    let port: UInt16
    /// Shown with every request, if there is one.
    var token: String?

    static let token = "0123456789abcdef"

    /// A request whose answer is read to its end.
    func ask(
        _ method: String = "GET", _ path: String, headers: [String] = [], body: String? = nil
    ) async throws -> HTTPAnswer {
        let connection = try open(method, path, headers: headers + ["Connection: close"], body: body)
        try await eventually("\(method) \(path) is answered") { connection.read().isAtEnd }
        return connection.answer
    }

    /// A request whose answer comes in its own time.
    func open(
        _ method: String = "GET", _ path: String, headers: [String] = [], body: String? = nil,
        receiveBuffer: Int32? = nil
    ) throws -> HTTPConnection {
        let connection = try HTTPConnection(port: port, receiveBuffer: receiveBuffer)
        let shown = token.map { ["Authorization: Bearer \($0)"] } ?? []
        let length = body.map { ["Content-Length: \($0.utf8.count)"] } ?? []
        let hosts = headers.contains { $0.hasPrefix("Host:") } ? [] : ["Host: 127.0.0.1:\(port)"]
        let lines = ["\(method) \(path) HTTP/1.1"] + hosts + shown + length + headers
        connection.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
        return connection
    }

    /// How many streams it has, by its own word.
    var streams: Int {
        get async throws {
            let text = try await ask("/healthz").body
            return try #require(Self.streams(toldBy: text))
        }
    }

    static func streams(toldBy health: String) -> Int? {
        health.firstMatch(of: /"streams":(\d+)/).flatMap { Int($0.1) }
    }
}

extension Gateway {
    func ask(_ path: String, headers: [String] = []) async throws -> HTTPAnswer {
        try await ask("GET", path, headers: headers)
    }

    func open(_ path: String, headers: [String] = [], receiveBuffer: Int32? = nil) throws -> HTTPConnection {
        try open("GET", path, headers: headers, receiveBuffer: receiveBuffer)
    }
}

extension Home {
    /// - Parameters:
    ///   - token: in its environment, and shown with requests.
    ///   - wrapper: a command that is given the gateway's as its last arguments.
    func gateway(
        _ arguments: String..., at host: String = "127.0.0.1", token: String? = nil, port: UInt16 = 0,
        under wrapper: [String] = []
    ) async throws -> Gateway {
        let words = ["mcp", "--listen", "\(host):\(port)"] + arguments
        let process = try start(
            raw: words.map { bytes($0) }, environment: token.map { ["TALLY_MCP_TOKEN=\($0)"] } ?? [],
            under: wrapper)
        let port = try await eventuallyValue("the gateway listens") { () -> UInt16? in
            guard process.isRunning else { throw Overdue(process.errorText) }
            return process.errorText.firstMatch(of: /listening on http:\/\/[0-9.]+:(\d+)\n/).flatMap {
                UInt16($0.1)
            }
        }
        return Gateway(process: process, port: port, token: token)
    }
}

import Foundation
import ProcessTesting
import Testing

/// A coordinator, workers and `tally mcp` in a home of their own.
struct MCPGatewayProcess {
    let home: Home
    let process: TestProcess
    let port: Int

    var url: String { "http://127.0.0.1:\(port)/mcp" }

    init(_ home: Home, _ arguments: String..., environment: [String] = []) async throws {
        self.home = home
        let words = ["mcp", "--listen", "127.0.0.1:0"] + arguments
        process = try home.start(raw: words.map { Array($0.utf8) }, environment: environment)
        port = try await eventuallyValue("the gateway listens") { [process] in
            guard process.isRunning else { throw Overdue(process.errorText) }
            return process.errorText.firstMatch(of: /127\.0\.0\.1:(\d+)/).flatMap { Int($0.1) }
        }
    }

    /// Which Python runs a script: each has another client.
    enum Python: String {
        case mcp2 = "TALLY_TEST_MCP_PYTHON"
        case mcp1 = "TALLY_TEST_MCP1_PYTHON"

        var path: String {
            get throws {
                guard let path = ProcessInfo.processInfo.environment[rawValue] else {
                    throw Overdue(
                        "\(rawValue) names no Python with the client: run scripts/test, which makes one")
                }
                return path
            }
        }
    }

    /// Does a script of Tests/MCPGatewayTests/clients, which ends with an error where something isn't as it should be.
    func run(_ script: String, with python: Python, environment: [String] = [], staysAlive: Bool = true)
        async throws
    {
        let words = script.split(separator: " ").map(String.init)
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/clients/\(words[0])"
        let client = try home.start(
            words: ([try python.path, file] + words.dropFirst()).map { Array($0.utf8) },
            environment: [
                Home.searchPath, "TALLY=\(Home.tally)", "MCP_URL=\(url)", "PYTHONDONTWRITEBYTECODE=1",
            ]
                + environment)
        let ending = try await client.end()
        #expect(ending == .exited(0), "\(script):\n\(client.outputText)\n\(client.errorText.suffix(4000))")
        #expect(process.isRunning || !staysAlive, "\(process.errorText)")
    }
}

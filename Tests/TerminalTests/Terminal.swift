import Foundation
import ProcessTesting

/// A real terminal: a window of tmux, with a shell in it. What `capture` gives is what a person would see.
struct Terminal: Sendable {
    private let server: String
    private let environment: [String]
    private let folder: String

    /// - Parameter home: whose user sits in front of it; its processes are ended with it.
    init(in home: Home, columns: Int, rows: Int = 24, settings: [String] = []) async throws {
        server = "\(home.path)/\(UUID().uuidString)"
        folder = home.work
        let program = URL(filePath: Home.tally).deletingLastPathComponent().path
        environment =
            [
                "PATH=\(program):/usr/bin:/bin", "HOME=\(home.path)", home.mark, "LC_ALL=C.UTF-8",
                "TERM=xterm-256color",
            ] + settings
        _ = try await tmux(
            "-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "-c", home.work,
            "env 'PS1=$ ' bash --norc --noprofile")
    }

    /// What stands on the screen, without empty lines at its end.
    var screen: [String] {
        get async throws {
            let lines = try await tmux("capture-pane", "-p").split(
                separator: "\n", omittingEmptySubsequences: false)
            return lines.map { line in line.reversed().drop { $0 == " " }.reversed().map(String.init).joined()
            }
            .reversed().drop { $0.isEmpty }.reversed()
        }
    }

    var text: String { get async throws { try await screen.joined(separator: "\n") } }

    /// What has left the screen at its top, and the screen.
    var history: [String] {
        get async throws {
            try await tmux("capture-pane", "-p", "-S", "-").split(separator: "\n").map(String.init)
        }
    }

    var showsCursor: Bool { get async throws { try await tmux("display", "-p", "#{cursor_flag}") == "1\n" } }

    func type(_ line: String) async throws {
        _ = try await tmux("send-keys", "-l", line)
        try await press("Enter")
    }

    /// Such as `C-c`.
    func press(_ key: String) async throws { _ = try await tmux("send-keys", key) }

    func resize(columns: Int, rows: Int = 24) async throws {
        _ = try await tmux("resize-window", "-x", "\(columns)", "-y", "\(rows)")
    }

    /// - Returns: the screen once it shows what is wanted.
    @discardableResult
    func shows(_ what: String, _ isShown: ([String]) -> Bool) async throws -> [String] {
        do {
            return try await eventuallyValue(what, within: .seconds(30)) {
                let screen = try await screen
                return isShown(screen) ? screen : nil
            }
        } catch let error as Overdue {
            throw Overdue("\(error), but:\n\(try await text)")
        }
    }

    /// The screen is exactly this, once it has come to rest.
    func becomes(_ expected: String) async throws {
        let pattern = OutputPattern(expected)
        try await shows("the screen\n\(expected)\n") { pattern.matches($0.joined(separator: "\n")) }
    }

    private func tmux(_ words: String...) async throws -> String {
        let process = try TestProcess(
            TestProcess.Launch(
                executable: "/usr/bin/tmux", arguments: (["-u", "-S", server] + words).map { bytes($0) },
                environment: environment, folder: bytes(folder), outputs: "\(server).\(UUID().uuidString)"))
        try await process.end()
        return process.outputText
    }
}

import Logging
import ProcessTesting
import Synchronization
import Testing

@testable import HTTPGateway

/// How a server begins that serves in a task of its own.
@Suite struct StartTests {
    private static func server() throws -> HTTPServer {
        HTTPServer(
            try HTTPServerConfiguration(probesAt: "127.0.0.1", port: 0), streams: OpenStreams(),
            log: Logger(label: "test"), routes: [])
    }

    /// A process that is told to end in its first moments.
    @Test func whoeverIsCancelledBeforeItListensDoesNotWait() async throws {
        let server = try Self.server()
        let starting = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await server.start()
        }
        starting.cancel()
        try await isOver(starting)
        await #expect(throws: CancellationError.self) { try await starting.value }
    }

    /// Whether it listens by then or not.
    @Test(arguments: [100, 300, 1000, 3000, 10_000, 30_000])
    func whoeverIsCancelledAtAnyMomentDoesNotWait(microseconds: Int) async throws {
        let server = try Self.server()
        let starting = Task { try await server.start() }
        try await Task.sleep(for: .microseconds(microseconds))
        starting.cancel()
        try await isOver(starting)
        guard case .success(let serving) = await starting.result else { return }
        serving.cancel()
        try await isOver(serving)
    }

    /// Whoever waits for ever can't be waited for.
    private func isOver<Value: Sendable>(_ task: Task<Value, any Error>) async throws {
        let isOver = Mutex(false)
        Task {
            _ = await task.result
            isOver.withLock { $0 = true }
        }
        try await eventually("it is over", within: .seconds(10)) { isOver.withLock { $0 } }
    }

    @Test func whatListensServesUntilItIsCancelled() async throws {
        let serving = try await Self.server().start()
        serving.cancel()
        try await serving.value
    }
}

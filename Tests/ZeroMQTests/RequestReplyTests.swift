import Testing
import ZeroMQ

/// The pattern this room is for: actors pinned to a loop, that handle messages without a hop.
@Suite struct RequestReplyTests {
    /// Answers each request with its body, doubled.
    actor Doubler {
        private let loop: SocketLoop
        private let socket: Socket
        private var answered = 0

        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

        init(on loop: SocketLoop) throws {
            self.loop = loop
            socket = try Socket(.router, loop: loop)
        }

        func start(_ endpoint: String) throws -> String {
            try socket.bind(endpoint)
            loop.watch(socket) { [weak self] in self?.assumeIsolated { $0.drain() } }
            return socket.lastEndpoint
        }

        func stop() -> Int {
            socket.close()
            return answered
        }

        private func drain() {
            for _ in 0..<256 {
                guard case .message(let frames)? = try? socket.receive() else { return }
                answered += 1
                _ = try? socket.send([frames[0], frames[1], frames[2] + frames[2]])
            }
        }
    }

    /// Numbers its requests, so that many may be under way.
    actor Asker {
        private let loop: SocketLoop
        private let socket: Socket
        private var waiting: [Frame: CheckedContinuation<Frame, Never>] = [:]
        private var asked = 0

        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

        init(on loop: SocketLoop) throws {
            self.loop = loop
            socket = try Socket(.dealer, loop: loop)
        }

        func start(_ endpoint: String) throws {
            try socket.connect(endpoint)
            loop.watch(socket) { [weak self] in self?.assumeIsolated { $0.drain() } }
        }

        func ask(_ body: String) async throws -> String {
            asked += 1
            let number = bytes("\(asked)")
            try #require(try socket.send([number, bytes(body)]) == .sent)
            let answer = await withCheckedContinuation { waiting[number] = $0 }
            return String(decoding: answer, as: UTF8.self)
        }

        private func drain() {
            for _ in 0..<256 {
                guard case .message(let frames)? = try? socket.receive() else { return }
                waiting.removeValue(forKey: frames[0])?.resume(returning: frames[1])
            }
        }
    }

    @Test("one loop for both sides, or one each", arguments: [true, false])
    func actorsTalk(oneLoop: Bool) async throws {
        try await withLoop { first in
            try await withLoop { second in
                let doubler = try Doubler(on: first)
                let asker = try Asker(on: oneLoop ? first : second)
                try await asker.start(try await doubler.start("tcp://127.0.0.1:*"))
                try await within {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for number in 0..<500 {
                            group.addTask {
                                let answer = try await asker.ask("<\(number)>")
                                #expect(answer == "<\(number)><\(number)>")
                            }
                        }
                        try await group.waitForAll()
                    }
                }
                #expect(await doubler.stop() == 500)
            }
        }
    }
}

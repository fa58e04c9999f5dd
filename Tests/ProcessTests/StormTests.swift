import BatchClient
import Glibc
import ProcessTesting
import Synchronization
import Testing
import ZeroMQ

extension Processes {
    /// Floods of nonsense harm nobody: others are served meanwhile, and the memory comes back.
    @Suite struct Storms {
        private static let sockets: [(name: String, type: SocketType)] = [
            ("control", .dealer), ("dispatch", .dealer), ("completions", .push), ("events", .subscribe),
        ]

        @Test func othersAreServedAndTheMemoryComesBack() async throws {
            try await withCoordinator { home, coordinator in
                let worker = try home.worker(slots: 2)
                try await home.submit("before", [String](repeating: Line.noOp, count: 100))
                _ = try await home.end(of: "before")
                let memory = ProcessTable.memory(of: coordinator.pid)

                // On a machine that does other things as well, the best of some rounds counts.
                var slowest: [Duration] = []
                repeat {
                    slowest.append(try await slowestAnswer(home) { try await storm(home) })
                } while (slowest.min() ?? .zero) > .seconds(1) * patience && slowest.count < 4
                #expect(try #require(slowest.min()) <= .seconds(1) * patience, "\(slowest)")

                try await eventually("the memory is back") {
                    ProcessTable.memory(of: coordinator.pid) < memory + memoryShare * 24 << 20
                }
                #expect(coordinator.isRunning && worker.isRunning)
                #expect(coordinator.errorText.contains("messages were thrown away"))
                try await home.submit("after", [String](repeating: Line.noOp, count: 100))
                #expect(try await home.end(of: "after").completedOperations == 100)
            }
        }

        /// The longest that a client had to wait while `body` ran.
        private func slowestAnswer(_ home: Home, during body: () async throws -> Void) async throws
            -> Duration
        {
            let isOver = Flag()
            return try await BatchConnection.open(to: home.address) { client in
                async let slowest = Self.ask(client, until: isOver)
                do {
                    try await body()
                } catch {
                    isOver.raise()
                    throw error
                }
                isOver.raise()
                return try await slowest
            }
        }

        private static func ask(
            _ client: BatchConnection, until isOver: Flag
        ) async throws -> Duration {
            var slowest = Duration.zero
            while !isOver.isUp {
                let asked = ContinuousClock.now
                _ = try await client.activeBatches()
                slowest = max(slowest, ContinuousClock.now - asked)
                try await Task.sleep(for: .milliseconds(5))
            }
            return slowest
        }

        private final class Flag: Sendable {
            private let state = Atomic(false)

            var isUp: Bool { state.load(ordering: .acquiring) }
            func raise() { state.store(true, ordering: .releasing) }
        }

        private func storm(_ home: Home) async throws {
            for socket in Self.sockets {
                let path = "\(home.state)/run/\(socket.name)"
                try await Probe.open(socket.type, "ipc://\(path)") { probe in
                    try await socket.type == .subscribe ? subscribe(probe) : shout(probe)
                }
                for seed in 0..<20 { try RawConnection(path).send(noise(1 << 16, seed: seed)) }
                // A greeting of ZMTP, and then nothing that follows it.
                let greeting =
                    [0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0] + bytes("NULL") + noise(1 << 16, seed: 99)
                for _ in 0..<20 { try RawConnection(path).send(greeting) }
                try beSilent(at: path, connections: 50)
            }
        }

        private func shout(_ probe: Probe) async throws {
            for seed in 0..<2000 {
                try await probe.send((0...(seed % 5)).map { noise(seed % 700, seed: seed + $0) })
            }
            for _ in 0..<200 { try await probe.send([Frame](repeating: [], count: 100)) }
            try await probe.send([Frame](repeating: [], count: 1_000_000))
            // More than a socket takes: it hangs up.
            try await probe.send([Frame(repeating: 7, count: 40 << 20)])
            try await probe.send([bytes("still there")])
        }

        private func subscribe(_ probe: Probe) async throws {
            for seed in 0..<5000 { try await probe.subscribe(noise(40, seed: seed)) }
        }

        /// Connections that say nothing, all at once.
        private func beSilent(at path: String, connections: Int) throws {
            guard connections > 0 else { return }
            let connection = try RawConnection(path)
            try beSilent(at: path, connections: connections - 1)
            connection.send([])
        }

        /// Bytes that look like chance, and are the same in each run.
        private func noise(_ count: Int, seed: Int) -> Frame {
            var state = UInt64(truncatingIfNeeded: seed) &* 0x9e37_79b9_7f4a_7c15 | 1
            return (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 33)
            }
        }
    }
}

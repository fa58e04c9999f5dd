import BatchClient
import BatchProgress
import Glibc
import MatrixTesting
import ProcessTesting
import Testing

/// Batches that come and go by the thousand.
@Suite(Room(), .enabled(if: isLongWanted)) struct LoadTests {
    private static let perSecond = 40
    private static let burst = 40
    /// One of so many.
    private static let shown = 10

    @Test(.timeLimit(.minutes(10)))
    func `10,000 batches: memory is back where it was, and requests stay within the budget`()
        async throws
    {
        let scene = try await MatrixRoomScene(.shared(.off))
        try await withCoordinator { home, _ in
            _ = try home.worker(slots: 8)
            let proxy = try await Proxy.start(in: home, before: scene.synapse.url)
            let began = ContinuousClock.now
            let gateway = try scene.start(
                home,
                ["--messages-per-second", "\(Self.perSecond)", "--burst", "\(Self.burst)"], limits: .standard,
                homeserver: proxy.url)
            try await eventually("the gateway is at work") {
                proxy.requests.contains { $0.path.hasSuffix("/sync") }
            }
            // The first ones fill what is kept in any case.
            try await comeAndGo(1...1_000, in: home, proxy)
            let before = ProcessTable.memory(of: gateway.pid)
            for first in stride(from: 1_001, to: 10_000, by: 1_000) {
                try await comeAndGo(first...first + 999, in: home, proxy)
            }
            let after = ProcessTable.memory(of: gateway.pid)
            let seconds = Int((ContinuousClock.now - began).components.seconds) + 1
            let requests = proxy.requests
            print("10,000 batches in \(seconds) s, \(requests.sendings.count) messages")
            print("\(requests.count) requests; memory \(before >> 20) MB, then \(after >> 20) MB")
            #expect(after < before + 20 << 20, "\(before) bytes before, \(after) after")
            #expect(requests.sendings.count <= Self.burst + Self.perSecond * seconds)
            #expect(requests.count - requests.sendings.count <= 20 + seconds * 4, "what isn't a message")
            #expect(gateway.isRunning, "\(gateway.errorText.suffix(2000))")
        }
    }

    /// Until all those that are shown have their messages.
    private func comeAndGo(_ numbers: ClosedRange<Int>, in home: Home, _ proxy: Proxy) async throws {
        try await BatchConnection.open(to: home.address) { batches in
            for number in numbers {
                // One that ends soon is shown if it failed.
                let isShown = number.isMultiple(of: Self.shown)
                let operation =
                    isShown
                    ? BatchOperation(type: "sleep", data: "no time") : BatchOperation(type: "no-op", data: 0)
                _ = try await batches.enqueueBatch(id: BatchID("many-\(number)"), operations: [operation])
            }
        }
        try await eventually("all are shown", within: .seconds(180)) {
            try await Task.sleep(for: .milliseconds(500))
            let originals = proxy.requests.count { $0.path.hasSuffix(".original") }
            return originals >= numbers.upperBound / Self.shown
        }
    }
}

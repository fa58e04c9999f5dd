import Glibc
import MatrixTesting
import ProcessTesting
import Testing

/// Batches that come and go by the thousand.
@Suite(Room(), .enabled(if: isLongWanted)) struct LoadTests {
    @Test(.timeLimit(.minutes(30)))
    func `10,000 batches: memory is back where it was`() async throws {
        let scene = try await MatrixRoomScene(.shared(.off))
        try await withCoordinator { home, _ in
            _ = try home.worker(slots: 8)
            let gateway = try await scene.gateway(home, "--show-after", "1s", limits: .off)
            // The first ones fill what is kept in any case.
            try await submit(1...1_000, in: home)
            let before = ProcessTable.memory(of: gateway.pid)
            try await submit(1_001...10_000, in: home)
            let after = ProcessTable.memory(of: gateway.pid)
            #expect(after < before + 40 << 20, "\(before) bytes before, \(after) after")
            #expect(gateway.isRunning, "\(gateway.errorText.suffix(2000))")
        }
    }

    private func submit(_ numbers: ClosedRange<Int>, in home: Home) async throws {
        let file = try home.operations([#"{"type":"no-op"}"#])
        let script =
            "for n in $(seq \(numbers.lowerBound) \(numbers.upperBound)); do tally submit --id many-$n \(file) >/dev/null; done"
        let finished = try home.start(
            words: ["/bin/bash", "-euc", script].map { bytes($0) }, environment: [Home.searchPath])
        #expect(try await finished.end(within: .seconds(1_500)) == .exited(0), "\(finished.errorText)")
        _ = try await home.end(of: "many-\(numbers.upperBound)")
    }
}

import BatchProgress
import Testing

@testable import CLIGateway

@Suite struct LiveViewWidthTests {
    private func state(_ generator: inout SeededGenerator) -> LiveState {
        let batches = (0..<Int.random(in: 0...12, using: &generator)).map { number in
            let total = [0, 1, 7, 5812, 10_000_000].randomElement(using: &generator) ?? 0
            let finished = Int.random(in: 0...total, using: &generator)
            let event = batch(
                nastyLabels.randomElement(using: &generator), finished, of: total,
                failed: Int.random(in: 0...finished, using: &generator),
                BatchStatus.allCases.randomElement(using: &generator) ?? .pending,
                rate: [nil, 0.01, 41, 1e9, .nan].randomElement(using: &generator) ?? nil,
                left: [nil, 0, 3, 5000, 1e7, .infinity].randomElement(using: &generator) ?? nil,
                took: [nil, 0.5, 1e6].randomElement(using: &generator) ?? nil, id: "b\(number)")
            let running = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                RunningOperation(
                    label: nastyLabels.randomElement(using: &generator) ?? "",
                    progress: [nil, 0, 0.5, 7, -1, .nan].randomElement(using: &generator) ?? nil,
                    message: nastyLabels.randomElement(using: &generator),
                    startedAt: ([nil, 0, 12, 900_000_000, -5].randomElement(using: &generator) ?? nil).map {
                        noon + .seconds(-$0)
                    })
            }
            return LiveBatch(
                event: event, running: running,
                standstill: number == 5 ? "no worker takes operations of type command" : nil)
        }
        let connections: [LiveConnection] = [
            .connected, .lost(since: noon + .seconds(-400)), .caughtUp(at: noon, after: .seconds(9)),
        ]
        return LiveState(
            batches: batches, connection: connections.randomElement(using: &generator) ?? .connected,
            interruption: [nil, .draining, .ending].randomElement(using: &generator) ?? nil)
    }

    /// Whatever a batch is called and however narrow the terminal.
    @Test(arguments: [ViewStyle.plain, .ascii])
    func noLineIsWiderThanTheTerminal(style: ViewStyle) {
        var generator = SeededGenerator(state: 11)
        for columns in 1...250 {
            let size = TerminalSize(columns: columns, rows: Int.random(in: 1...30, using: &generator))
            let lines = LiveView(state(&generator), size: size, style: style, now: noon).lines
            #expect(lines.count < max(size.rows, 1))
            for line in lines {
                #expect(line.width <= columns)
                #expect(ScalarColumns.of(line.text) <= line.width)
                #expect(!line.text.unicodeScalars.contains { $0.properties.generalCategory == .control })
                #expect(style.unicode || line.text.unicodeScalars.allSatisfy(\.isASCII))
            }
        }
    }
}

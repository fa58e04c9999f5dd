import FoundationEssentials

/// Lines of operations, as `tally submit` takes them.
package enum Line {
    /// A shell's command as an operation.
    package static func command(_ shell: String, label: String? = nil) throws -> String {
        struct Operation: Encodable {
            struct Command: Encodable { var shell: String }
            var type = "command"
            var data: Command
            var label: String?
        }
        return String(
            decoding: try JSONEncoder().encode(Operation(data: .init(shell: shell), label: label)),
            as: UTF8.self)
    }

    package static let noOp = #"{"type": "no-op"}"#

    package static func sleep(_ seconds: Double) -> String { #"{"type": "sleep", "data": \#(seconds)}"# }

    /// Commands that leave a line when they start and one when they end: see `Trace`.
    package static func quick() throws -> String { try command("\(Trace.begin); \(Trace.end)") }

    /// Commands that don't end before a file is there: `go` for all, or one for a single run.
    package static func gated() throws -> String {
        let own = "go-$TALLY_OPERATION-$TALLY_ATTEMPT"
        return try command(
            "\(Trace.begin); until [ -e go ] || [ -e \(own) ]; do sleep 0.05; done; \(Trace.end)")
    }
}

/// What commands left in their folder: each a line at its start, and one at its end.
package struct Trace {
    package static let begin = #"echo "$TALLY_OPERATION $TALLY_ATTEMPT $PPID" >> started"#
    package static let end = #"echo "$TALLY_OPERATION $TALLY_ATTEMPT" >> ended"#

    package struct Start: Hashable {
        package var operation: Int
        package var attempt: Int
        /// The worker.
        package var parent: Int
    }

    private let folder: String

    package init(in folder: String) { self.folder = folder }

    package var starts: [Start] {
        numbers(in: "started", count: 3).map { Start(operation: $0[0], attempt: $0[1], parent: $0[2]) }
    }

    package var ended: Set<Int> { Set(numbers(in: "ended", count: 2).map { $0[0] }) }

    /// How often each operation was started.
    package var runs: [Int: Int] { starts.reduce(into: [:]) { $0[$1.operation, default: 0] += 1 } }

    /// Started by this worker and not ended.
    package func running(in worker: TestProcess) -> [Start] {
        let ends = Set(numbers(in: "ended", count: 2))
        return starts.filter {
            $0.parent == Int(worker.pid) && !ends.contains([$0.operation, $0.attempt])
        }
    }

    /// Whether this very run did.
    package func hasEnded(_ start: Start) -> Bool {
        numbers(in: "ended", count: 2).contains([start.operation, start.attempt])
    }

    /// Lets all gated commands end.
    package func open() throws { try open("go") }

    /// Lets one of them end.
    package func open(_ start: Start) throws { try open("go-\(start.operation)-\(start.attempt)") }

    private func open(_ gate: String) throws { try Files.write([], to: "\(folder)/\(gate)") }

    /// A line that is being written may not be whole yet.
    private func numbers(in file: String, count: Int) -> [[Int]] {
        Files.lines("\(folder)/\(file)").map { $0.split(separator: " ").compactMap { Int($0) } }
            .filter { $0.count == count }
    }
}

import FoundationEssentials
import ProcessTesting

/// Lines of operations, as `tally submit` takes them.
enum Line {
    /// A shell's command as an operation.
    static func command(_ shell: String, label: String? = nil) throws -> String {
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

    static let noOp = #"{"type": "no-op"}"#

    static func sleep(_ seconds: Double) -> String { #"{"type": "sleep", "data": \#(seconds)}"# }

    /// Commands that leave a line when they start and one when they end: see `Trace`.
    static func quick() throws -> String { try command("\(Trace.begin); \(Trace.end)") }

    /// Commands that don't end before the file `go` is there.
    static func gated() throws -> String {
        try command("\(Trace.begin); while [ ! -e go ]; do sleep 0.05; done; \(Trace.end)")
    }
}

/// What commands left in their folder: each a line at its start, and one at its end.
struct Trace {
    static let begin = #"echo "$TALLY_OPERATION $TALLY_ATTEMPT $PPID" >> started"#
    static let end = #"echo "$TALLY_OPERATION" >> ended"#

    struct Start: Hashable {
        var operation: Int
        var attempt: Int
        /// The worker.
        var parent: Int
    }

    let folder: String

    init(in folder: String) { self.folder = folder }

    var starts: [Start] {
        Files.lines("\(folder)/started").compactMap { line in
            let numbers = line.split(separator: " ").compactMap { Int($0) }
            return numbers.count == 3
                ? Start(operation: numbers[0], attempt: numbers[1], parent: numbers[2]) : nil
        }
    }

    var ended: Set<Int> { Set(Files.lines("\(folder)/ended").compactMap { Int($0) }) }

    /// How often each operation was started.
    var runs: [Int: Int] { starts.reduce(into: [:]) { $0[$1.operation, default: 0] += 1 } }

    /// Started by this worker and not ended.
    func running(in worker: TestProcess) -> [Start] {
        let ended = ended
        return starts.filter { $0.parent == Int(worker.pid) && !ended.contains($0.operation) }
    }

    /// Lets all gated commands end.
    func open() throws { try Files.write([], to: "\(folder)/go") }
}

import BatchProgress
import Foundation

/// Workers for one look.
package struct WorkerListing {
    private let workers: [ActiveWorker]

    package init(_ workers: [ActiveWorker]) {
        self.workers = workers
    }

    /// - Throws: what `Descriptor.print` does.
    package func print(json: Bool) throws {
        try Descriptor.standardOutput.print(json ? jsonLines : tableLines)
    }

    private var jsonLines: [String] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        return workers.compactMap { worker in
            (try? encoder.encode(worker)).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    var tableLines: [String] {
        guard !workers.isEmpty else { return ["no workers"] }
        return TextTable(
            header: ["NAME", "RUNNING", "SLOTS", "HELD", "FOR", "TYPES"],
            rows: workers.map { worker in
                [
                    harmless(worker.name), "\(worker.running)",
                    "\(worker.slots)", "\(worker.held)",
                    worker.lane.map { "batch \(harmless($0))" } ?? "all",
                    harmless(worker.types.joined(separator: ", ")),
                ]
            }
        ).lines
    }

    /// All of it is a worker's own word.
    private func harmless(_ text: String) -> String {
        TerminalText(text, unicode: true).cut(to: 40)
    }
}

import BatchProgress
import Foundation

/// Workers for one look.
package struct WorkerListing {
    private let workers: [ActiveWorker]

    package init(_ workers: [ActiveWorker]) {
        self.workers = workers
    }

    package func print(json: Bool) {
        for line in json ? jsonLines : tableLines { Descriptor.standardOutput.write(line: line) }
    }

    private var jsonLines: [String] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        return workers.compactMap { worker in
            (try? encoder.encode(worker)).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    private var tableLines: [String] {
        guard !workers.isEmpty else { return ["no workers"] }
        return TextTable(
            header: ["NAME", "RUNNING", "SLOTS", "HELD", "FOR", "TYPES"],
            rows: workers.map { worker in
                [
                    worker.name, "\(worker.running)", "\(worker.slots)", "\(worker.held)",
                    worker.lane.map { "batch \($0)" } ?? "all", worker.types.joined(separator: ", "),
                ]
            }
        ).lines
    }
}

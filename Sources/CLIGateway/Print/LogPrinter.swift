import BatchClient
import BatchProgress

/// What operations printed, as it was kept.
package struct LogPrinter: Sendable {
    private let batch: BatchHandle

    package init(batch: BatchHandle) {
        self.batch = batch
    }

    /// - Throws: `BatchClientError`; what `Descriptor.print` does.
    package func print(_ operation: Int) async throws {
        let log = try await batch.log(of: operation)
        let heading = LogHeading(
            operation: operation, label: log.label, state: log.state, exitCode: log.exitCode,
            message: log.message)
        Descriptor.standardError.write(line: heading.line)
        try write(log.standardOutput, to: .standardOutput)
        try write(log.standardError, to: .standardError)
    }

    package func printFailed() async throws {
        var after: Int?
        while true {
            let page = try await batch.failures(after: after)
            for failure in page { try await print(failure.operation) }
            guard let last = page.last else { return }
            after = last.operation
        }
    }

    private func write(_ output: OperationOutput, to descriptor: Descriptor) throws {
        guard output.omittedBytes > 0 else { return try descriptor.print(output.bytes) }
        let head = output.bytes.prefix(OperationOutput.keptOfEachEnd)
        try descriptor.print(head)
        Descriptor.standardError.write(line: "\n== \(output.omittedBytes) bytes were not kept ==")
        try descriptor.print(output.bytes.dropFirst(head.count))
    }
}

import ArgumentParser
import BatchClient

/// How commands take a batch's id: `@Argument(help: …, completion: BatchID.completion, transform: BatchID.parse)`.
extension BatchID {
    /// - Throws: what an id is, where the parser alone would only say that this is none.
    static func parse(_ text: String) throws -> BatchID {
        guard let id = BatchID(text) else { throw UsageError("an id is \(BatchID.requirement)") }
        return id
    }

    /// The batches that there are. Whoever presses Tab waits for it: so none is started, what doesn't answer at
    /// once is given up, and nothing is ever said of what is wrong.
    static var completion: CompletionKind {
        .custom { @Sendable words, _, _ async -> [String] in
            guard let address = try? CoordinatorOption.parse(ignoringOthersIn: words).address,
                let batches = try? await BatchConnection.open(
                    to: address, timeout: .milliseconds(300), { try await $0.recentBatches() })
            else { return [] }
            return batches.map(\.event.batchId.description)
        }
    }
}

extension CoordinatorOption {
    /// Of a command line that isn't complete: the last `--coordinator` in it.
    fileprivate static func parse(ignoringOthersIn words: [String]) throws -> CoordinatorOption {
        let name = "--coordinator"
        if let value = words.last(where: { $0.hasPrefix(name + "=") }) { return try parse([value]) }
        guard let index = words.lastIndex(of: name), index + 1 < words.count else { return try parse([]) }
        return try parse([name, words[index + 1]])
    }
}

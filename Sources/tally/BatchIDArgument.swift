import ArgumentParser
import BatchClient

extension BatchID: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(argument)
    }

    /// The batches that there are. Whoever presses Tab waits for it: so none is started, what doesn't answer at
    /// once is given up, and nothing is ever said of what is wrong.
    public static var defaultCompletionKind: CompletionKind {
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

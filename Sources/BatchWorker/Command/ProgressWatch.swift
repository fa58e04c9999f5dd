import Synchronization

/// Looks four times a second at how far commands say they are: one task for all of them, and none while
/// nothing runs.
final class ProgressWatch: Sendable {
    typealias Tell = @Sendable (Double, String?) -> Void

    private struct Entry: Sendable {
        var file: ProgressFile
        var tell: Tell
        /// The last line that was told.
        var known: [UInt8] = []
    }

    private struct State {
        var entries: [Int: Entry] = [:]
        var nextEntry = 0
        var isWatching = false
    }

    private static let interval = Duration.milliseconds(250)

    private let state = Mutex(State())

    /// - Returns: what `remove` is to be given.
    func add(_ file: ProgressFile, _ tell: @escaping Tell) -> Int {
        let (entry, isFirst) = state.withLock { state in
            let entry = state.nextEntry
            state.nextEntry += 1
            state.entries[entry] = Entry(file: file, tell: tell)
            defer { state.isWatching = true }
            return (entry, !state.isWatching)
        }
        if isFirst { Task { await watch() } }
        return entry
    }

    func remove(_ entry: Int) {
        state.withLock { $0.entries[entry] = nil }
    }

    private func watch() async {
        while true {
            try? await Task.sleep(for: Self.interval)
            let entries = state.withLock { state in
                state.isWatching = !state.entries.isEmpty
                return state.entries
            }
            guard !entries.isEmpty else { return }
            for (number, entry) in entries { look(entry, number) }
        }
    }

    private func look(_ entry: Entry, _ number: Int) {
        guard let line = entry.file.lastLine(), line != entry.known else { return }
        state.withLock { $0.entries[number]?.known = line }
        if let (progress, message) = ProgressFile.parse(line) { entry.tell(progress, message) }
    }
}

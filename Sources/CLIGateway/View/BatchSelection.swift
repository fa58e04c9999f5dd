import BatchProgress

/// Which batches are shown when there are more than rows: those that most likely matter, in their old order.
struct BatchSelection {
    /// Indices of the shown ones, rising.
    let shown: [Int]
    let hidden: [BatchProgressEvent]

    /// - Parameter rows: at least 1; one of them is kept to tell of the hidden ones.
    init(_ batches: [BatchProgressEvent], rows: Int) {
        guard batches.count > rows else {
            shown = Array(batches.indices)
            hidden = []
            return
        }
        let ranked = batches.indices.sorted { left, right in
            (batches[left].interest, left) < (batches[right].interest, right)
        }
        let room = max(1, rows - 1)
        shown = ranked.prefix(room).sorted()
        hidden = ranked.dropFirst(room).sorted().map { batches[$0] }
    }
}

extension BatchProgressEvent {
    /// The lower, the more worth a row.
    fileprivate var interest: Int {
        switch status {
        case .processing: failedOperations > 0 || cancelling == true ? 0 : 1
        case .failed: 2
        case .paused: 3
        case .pending: 4
        case .cancelled: 5
        case .completed: 6
        }
    }
}

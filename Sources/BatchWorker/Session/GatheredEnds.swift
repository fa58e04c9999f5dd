import BatchProgress

/// Ends that wait to be reported, by batch and attempt, in the order they came.
struct GatheredEnds: Sendable {
    struct Group: Sendable {
        var batch: BatchID
        var attempt: Int
        var completed: [Int] = []
        var ended: [(operation: Int, outcome: OperationOutcome)] = []
        var bytes = 0

        var count: Int { completed.count + ended.count }
    }

    private(set) var groups: [Group] = []
    private(set) var since: Timestamp?

    var isEmpty: Bool { groups.isEmpty }

    /// Adds an end to its group, or to a new one if that would hold more than is allowed.
    mutating func add(
        _ key: OperationKey, _ outcome: OperationOutcome, limits: (operations: Int, bytes: Int),
        at now: Timestamp
    ) {
        since = since ?? now
        let index = groups.lastIndex { group in
            group.batch == key.batch && group.attempt == key.attempt && group.count < limits.operations
                && group.bytes < limits.bytes
        }
        if index == nil { groups.append(Group(batch: key.batch, attempt: key.attempt)) }
        groups[index ?? groups.count - 1].add(key.operation, outcome)
    }

    mutating func takeAll() -> [Group] {
        defer {
            groups = []
            since = nil
        }
        return groups
    }

    /// The operations that wait here, as a worker lists what it holds.
    var held: [HeldOperations] {
        groups.map { group in
            HeldOperations(
                batch: group.batch, attempt: group.attempt,
                operations: group.completed + group.ended.map(\.operation))
        }
    }
}

extension GatheredEnds.Group {
    fileprivate mutating func add(_ operation: Int, _ outcome: OperationOutcome) {
        if outcome == OperationOutcome(kind: .completed) {
            completed.append(operation)
        } else {
            ended.append((operation, outcome))
            bytes += (outcome.standardOutput?.bytes.count ?? 0) + (outcome.standardError?.bytes.count ?? 0)
        }
    }
}

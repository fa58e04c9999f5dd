import BatchProgress

/// What a worker says of itself when it is ready.
package struct WorkerIntroduction: Hashable, Sendable {
    package var session: SessionID
    package var name: String
    package var types: [String]
    /// nil: it works for the fleet.
    package var lane: String?
    /// How many operations it runs at once.
    package var slots: Int
    /// How many it wants to hold at once, running ones included.
    package var capacity: Int

    package init(
        session: SessionID, name: String, types: [String], lane: String? = nil, slots: Int, capacity: Int
    ) {
        self.session = session
        self.name = name
        self.types = types
        self.lane = lane
        self.slots = slots
        self.capacity = capacity
    }
}

/// A worker's session, as the engine knows it.
struct Worker: Sendable {
    /// nil for a session that was known before a restart and has not said READY since.
    var introduction: WorkerIntroduction?
    var lastHeard: Timestamp
    private(set) var held: [BatchID: Set<Int>] = [:]
    private(set) var heldCount = 0

    init(introduction: WorkerIntroduction?, now: Timestamp) {
        self.introduction = introduction
        lastHeard = now
    }

    var freeCapacity: Int { max(0, (introduction?.capacity ?? 0) - heldCount) }
    var idleSlots: Int { max(0, (introduction?.slots ?? 0) - heldCount) }

    mutating func hold(_ operations: [Int], of batch: BatchID) {
        let before = held[batch]?.count ?? 0
        held[batch, default: []].formUnion(operations)
        heldCount += (held[batch]?.count ?? 0) - before
    }

    mutating func release(_ operation: Int, of batch: BatchID) {
        guard held[batch]?.remove(operation) != nil else { return }
        heldCount -= 1
        if held[batch]?.isEmpty == true { held[batch] = nil }
    }
}

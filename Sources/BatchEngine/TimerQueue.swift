import BatchProgress
import HeapModule

/// What is to happen when: one moment for each key.
///
/// A key that is set again, or cancelled, leaves its old entry in the heap, where it is passed over; when such
/// entries are more than the others, all of them are cleared away.
package struct TimerQueue<Key: Hashable & Sendable>: Sendable {
    private struct Entry: Comparable, Sendable {
        var at: Timestamp
        var order: UInt64
        var key: Key

        static func < (left: Entry, right: Entry) -> Bool {
            left.at == right.at ? left.order < right.order : left.at < right.at
        }

        static func == (left: Entry, right: Entry) -> Bool {
            left.order == right.order
        }
    }

    private var heap = Heap<Entry>()
    private var current: [Key: UInt64] = [:]
    private var nextOrder: UInt64 = 0

    package init() {}

    /// The earliest moment at which a key is due; nil when none is set. Clears passed-over entries away.
    package mutating func nextDeadline() -> Timestamp? {
        while let entry = heap.min {
            if current[entry.key] == entry.order { return entry.at }
            heap.removeMin()
        }
        return nil
    }

    package mutating func set(_ key: Key, at moment: Timestamp) {
        nextOrder += 1
        current[key] = nextOrder
        heap.insert(Entry(at: moment, order: nextOrder, key: key))
        clearAway()
    }

    package mutating func cancel(_ key: Key) {
        current[key] = nil
        clearAway()
    }

    /// How many entries take memory.
    var entryCount: Int { heap.count }

    private mutating func clearAway() {
        guard heap.count > 2 * current.count + 64 else { return }
        heap = Heap(heap.unordered.filter { current[$0.key] == $0.order })
    }

    package var isEmpty: Bool { current.isEmpty }

    /// The earliest key that is due, taken out; nil when none is.
    package mutating func popDue(at now: Timestamp) -> Key? {
        guard let deadline = nextDeadline(), deadline <= now else { return nil }
        let key = heap.removeMin().key
        current[key] = nil
        return key
    }
}

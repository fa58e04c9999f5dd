import BatchProgress

/// How long a message stands before it is edited again.
///
/// A message may be edited only so often in its life, since a thousand edits make a room unloadable for others. How long
/// the batch will last nobody knows for certain. So the older it is the slower it goes: a twentieth of its age, which
/// is what people think of as new of it, and never less than leaves as many edits for as long again.
package enum EditPace {
    /// In a message's life; the last one is kept for the end.
    package static let mostEdits = 150
    private static let shortest: Duration = .seconds(1)

    /// Nil: no edit but the last one is left.
    package static func interval(age: Duration, edits: Int) -> Duration? {
        let left = mostEdits - 1 - edits
        guard left > 0 else { return nil }
        return max(shortest, age / 20, age / left)
    }
}

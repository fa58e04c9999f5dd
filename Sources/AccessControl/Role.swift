/// What a key's holder may do. They are independent of each other.
package enum Role: String, CaseIterable, Hashable, Sendable, Comparable {
    /// Look at batches, and follow them.
    case watch
    /// Submit batches and steer them: all of them, not only its own. It may look as well.
    case submit
    /// Be given operations, and report on them.
    case work

    package static func < (left: Role, right: Role) -> Bool { left.rawValue < right.rawValue }
}

/// Who may change batches from a room. To look and to watch needs no more than being in it.
package struct CommandPermission: Hashable, Sendable {
    package var users: Set<MatrixUserID>
    /// Whoever has at least this power level in the room may as well; nil: power is of no use.
    package var powerLevel: Int64?

    package init(users: Set<MatrixUserID> = [], powerLevel: Int64? = nil) {
        self.users = users
        self.powerLevel = powerLevel
    }

    /// - Parameter power: the sender's, if it is known.
    /// - Returns: why not; nil if they may.
    package func refusal(of sender: MatrixUserID, power: Int64?) -> String? {
        if users.contains(sender) { return nil }
        if let powerLevel, let power, power >= powerLevel { return nil }
        let ways = [
            users.isEmpty ? nil : "are named by --allow-command-from",
            powerLevel.map { "have a power level of \($0) or more in this room" },
        ].compactMap(\.self)
        return ways.isEmpty
            ? "batches can't be changed from this room: 'tally matrix' was started without --allow-command-from "
                + "and --command-power-level"
            : "you may not change batches: that is for those who \(ways.joined(separator: ", or "))"
    }
}

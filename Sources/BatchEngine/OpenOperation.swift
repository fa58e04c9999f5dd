import BatchProgress

/// An operation that has been handed out and has not ended.
struct OpenOperation: Sendable {
    /// Every grant it was part of, by attempt: the last is the current one unless it was withdrawn.
    var grants: [GrantID] = []
    /// Who holds it now; nil while it waits to be handed out again.
    var holder: SessionID?
    var type: Int
    var history = OperationHistory()
    var label: String?
    var startedAt: Timestamp?
    /// Its own share, 0…1, as it reported it.
    var share = 0.0
    var message: String?

    var attempt: Int { grants.count }

    /// It goes back among those that wait: nobody holds it, and it begins anew.
    mutating func withdraw() {
        holder = nil
        startedAt = nil
        share = 0
        message = nil
    }
}

/// A grant of which at least one operation is open.
struct OpenGrant: Sendable {
    var session: SessionID
    var remaining: Int
}

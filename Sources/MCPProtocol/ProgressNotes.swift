import BatchProgress

/// The progress notifications of one request: each one higher than the one before, at most one a second, and one
/// after a long silence, so that the client knows that somebody is there.
package struct ProgressNotes: Sendable {
    package static let interval: Duration = .seconds(1)
    package static let longestSilence: Duration = .seconds(30)
    /// The step that says "still there": small beside one operation.
    static let step = 1e-6

    private let token: JSONValue
    private var last: (progress: Double, at: Timestamp)?

    /// - Parameter token: what the client calls this progress.
    package init(token: JSONValue) {
        self.token = token
    }

    /// - Parameters:
    ///   - progress: in operations.
    ///   - message: whole in itself, at most 200 characters.
    /// - Returns: what to send now, if anything.
    package mutating func note(
        progress: Double, total: Double?, message: String, at now: Timestamp
    ) -> OutgoingMessage? {
        if let last, now < last.at + Self.interval { return nil }
        let isSilent = last.map { $0.at + Self.longestSilence <= now } ?? false
        let least = last.map { $0.progress + Self.step } ?? 0
        guard progress >= least || isSilent else { return nil }
        let told = max(progress, least)
        last = (told, now)
        var parameters: [String: JSONValue] = [
            "progressToken": token, "progress": .number(told),
            "message": .string(message.cut(toScalars: 200)),
        ]
        parameters["total"] = total.map { .number(max($0, told)) }
        return .notification("notifications/progress", .object(parameters))
    }

    /// When `note` may next have something to say of what it was told last.
    package var due: Timestamp? { last.map { $0.at + Self.interval } }
}

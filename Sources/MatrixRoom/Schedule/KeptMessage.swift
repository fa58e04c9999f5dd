import BatchProgress

/// What has to survive of a message, so that the same one goes on after a kill at any moment.
package struct KeptMessage: Hashable, Codable, Sendable {
    /// The event that is edited; nil until it was accepted.
    package var original: String?
    /// How often it was edited, with what may have been an edit.
    package var edits = 0
    /// Of the batch's state that was sent last.
    package var revision: Int64 = 0
    /// Of what was sent and not answered.
    package var unanswered: String?
    /// Who is told of the end, besides whoever the settings name.
    package var watchers: [String] = []
    /// Nothing is left to be said.
    package var isFinished = false
    /// It was redacted or refused, and is touched no more.
    package var isLeftAlone = false

    package init() {}
}

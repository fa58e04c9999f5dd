/// The revisions of the Model Context Protocol that are spoken here, the oldest first.
package enum ProtocolRevision: String, CaseIterable, Comparable, Sendable {
    case march2025 = "2025-03-26"
    case june2025 = "2025-06-18"
    case november2025 = "2025-11-25"
    case july2026 = "2026-07-28"

    /// Without a handshake or a session: each request says all that matters about itself.
    package var isModern: Bool { self >= .july2026 }

    /// The newest that begins with a handshake.
    static let newestWithHandshake = ProtocolRevision.november2025

    /// Titles, and results as structures.
    var hasStructuredResults: Bool { self >= .june2025 }

    /// Tasks are part of the protocol, and a request says that it is to become one.
    var hasTaskParameter: Bool { self == .november2025 }

    package static func < (left: ProtocolRevision, right: ProtocolRevision) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// How a stream looks.
package enum StreamForm: Hashable, Sendable, CaseIterable {
    /// A JSON text a line.
    case lines
    /// Server-sent events (WHATWG HTML, section 9.2).
    case serverSentEvents

    package var mediaType: String {
        switch self {
        case .lines: "application/x-ndjson"
        case .serverSentEvents: "text/event-stream"
        }
    }
}

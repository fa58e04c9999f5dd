import HTTPTypes
import Hummingbird
import NIOCore

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

    var headers: HTTPFields {
        var fields: HTTPFields = [
            .contentType: mediaType, .cacheControl: "no-cache", .connection: "close",
            .xContentTypeOptions: "nosniff",
        ]
        // nginx holds back what it passes on, unless told so.
        if let name = HTTPField.Name("X-Accel-Buffering") { fields[name] = "no" }
        return fields
    }

    /// What keeps a silent stream open on its way, and is passed over by its reader.
    var comment: ByteBuffer? {
        switch self {
        case .lines: nil
        case .serverSentEvents: ByteBuffer(string: ":\n\n")
        }
    }
}

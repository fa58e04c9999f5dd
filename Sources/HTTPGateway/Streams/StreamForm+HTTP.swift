import HTTPTypes
import Hummingbird
import NIOCore

extension StreamForm {
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

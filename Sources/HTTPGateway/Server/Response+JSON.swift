import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// JSON as this gateway writes it: keys in order, slashes as they are.
package enum JSONBytes {
    package static func encode(_ value: some Encodable) -> ByteBuffer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        do {
            return ByteBuffer(bytes: try encoder.encode(value))
        } catch {
            preconditionFailure("our own values can be encoded: \(error)")
        }
    }
}

extension Response {
    package static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
        var body = JSONBytes.encode(value)
        body.writeInteger(UInt8(ascii: "\n"))
        return Response(
            status: status,
            headers: [
                .contentType: "application/json", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
            ],
            body: ResponseBody(byteBuffer: body))
    }
}

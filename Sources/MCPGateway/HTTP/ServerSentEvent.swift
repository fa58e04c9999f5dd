import MCPProtocol
import NIOCore

/// A message as an event of a stream (WHATWG HTML, section 9.2).
struct ServerSentEvent {
    let buffer: ByteBuffer

    /// - Parameter id: what the client says to get what follows; nil: the stream can't be gone on with.
    init(_ message: OutgoingMessage, id: StreamPosition? = nil) {
        var buffer = ByteBuffer()
        if let id { buffer.writeString("id: \(id)\n") }
        buffer.writeString("event: message\ndata: ")
        buffer.writeBytes(message.bytes)
        buffer.writeString("\n\n")
        self.buffer = buffer
    }
}

/// How far a client is with a stream of its session: `3-17`.
struct StreamPosition: Hashable, CustomStringConvertible {
    var stream: Int
    var number: Int

    init(stream: Int, number: Int) {
        self.stream = stream
        self.number = number
    }

    /// Nil for what we never said.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let stream = parts[0], let number = parts[1], stream >= 0, number >= 0 else {
            return nil
        }
        self.init(stream: stream, number: number)
    }

    var description: String { "\(stream)-\(number)" }

    /// An event without data: from now on the client can come back (2025-11-25, Streamable HTTP).
    var opening: ByteBuffer { ByteBuffer(string: "id: \(self)\ndata:\n\n") }
}

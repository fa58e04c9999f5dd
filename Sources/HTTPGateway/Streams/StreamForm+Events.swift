import BatchClient
import NIOCore

extension StreamForm {
    /// One event, whole.
    func bytes(of event: BatchProgressEvent) -> ByteBuffer {
        let json = JSONBytes.encode(event)
        switch self {
        case .lines: return ByteBuffer(pieces: [json, ByteBuffer(string: "\n")])
        case .serverSentEvents:
            return ByteBuffer(pieces: [
                ByteBuffer(string: "id: \(event.revision)\nevent: progress\ndata: "), json,
                ByteBuffer(string: "\n\n"),
            ])
        }
    }

    /// What comes before the first event. A browser that was cut off comes back after two seconds.
    var opening: ByteBuffer? {
        switch self {
        case .lines: nil
        case .serverSentEvents: ByteBuffer(string: "retry: 2000\n\n")
        }
    }

    /// The last word of a stream that ends before its time.
    func closing(_ reason: String) -> ByteBuffer {
        let json = JSONBytes.encode(["closing": reason])
        switch self {
        case .lines: return ByteBuffer(pieces: [json, ByteBuffer(string: "\n")])
        case .serverSentEvents:
            return ByteBuffer(pieces: [
                ByteBuffer(string: "event: closing\ndata: "), json, ByteBuffer(string: "\n\n"),
            ])
        }
    }
}

extension ByteBuffer {
    fileprivate init(pieces: [ByteBuffer]) {
        self.init()
        reserveCapacity(pieces.reduce(0) { $0 + $1.readableBytes })
        for var piece in pieces { writeBuffer(&piece) }
    }
}

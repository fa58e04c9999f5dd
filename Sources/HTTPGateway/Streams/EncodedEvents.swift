import BatchClient
import NIOCore
import Synchronization

/// Events as bytes, encoded once for all streams that tell of them.
final class EncodedEvents: Sendable {
    private struct Entry {
        var event: BatchProgressEvent
        var forms: [StreamForm: ByteBuffer] = [:]
    }

    /// Of each batch the newest that was asked for.
    private let entries = Mutex<[BatchID: Entry]>([:])
    private static let limit = 1000

    func bytes(of event: BatchProgressEvent, as form: StreamForm) -> ByteBuffer {
        entries.withLock { entries in
            if let known = entries[event.batchId], known.event.revision > event.revision {
                return form.bytes(of: event)
            }
            // Whatever is asked for again is soon here again.
            if entries.count >= Self.limit, entries[event.batchId] == nil { entries = [:] }
            var entry = entries[event.batchId].flatMap { $0.event == event ? $0 : nil } ?? Entry(event: event)
            let bytes = entry.forms[form] ?? form.bytes(of: event)
            entry.forms[form] = bytes
            entries[event.batchId] = entry
            return bytes
        }
    }
}

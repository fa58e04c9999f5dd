/// The first and the last bytes of a stream, in bounded memory.
struct OutputEdges {
    private(set) var head: [UInt8] = []
    // Up to twice the edge, so that its front is not cut off at every append.
    private var recent: [UInt8] = []
    private(set) var totalBytes: Int64 = 0
    let edge: Int

    init(edge: Int = CapturedOutput.edge) {
        self.edge = edge
    }

    var tail: [UInt8] { recent.suffix(edge) }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        totalBytes += Int64(bytes.count)
        let first = bytes.prefix(edge - head.count)
        head += UnsafeRawBufferPointer(rebasing: first)
        let rest = bytes[first.endIndex...]
        if rest.count >= edge {
            recent.removeAll(keepingCapacity: true)
        } else if recent.count + rest.count > 2 * edge {
            recent.removeFirst(recent.count - edge)
        }
        recent += UnsafeRawBufferPointer(rebasing: rest.suffix(edge))
    }
}

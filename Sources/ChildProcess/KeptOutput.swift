/// All of an output: in memory while it is small, else in a file without a name, which goes with
/// the last copy of this value.
package struct KeptOutput: Sendable {
    enum Place: Sendable {
        case memory([UInt8])
        case file(TemporaryFile)
    }

    let place: Place
    package let byteCount: Int64

    /// Up to `limit` bytes from `offset`; empty only at the end.
    package func read(from offset: Int64, atMost limit: Int) throws(SystemFailure) -> [UInt8] {
        precondition(offset >= 0 && limit > 0, "nothing lies before the beginning")
        guard offset < byteCount else { return [] }
        switch place {
        case .memory(let bytes): return Array(bytes.dropFirst(Int(offset)).prefix(limit))
        case .file(let file): return try file.read(from: offset, atMost: limit)
        }
    }
}

/// What a command wrote to one of its two outputs.
package struct CapturedOutput: Sendable {
    package enum Whole: Sendable {
        /// It was not asked for.
        case notKept
        case kept(KeptOutput)
        /// It could not be kept, for example because the disk was full; the two ends were.
        case lost(SystemFailure)
    }

    /// The most that is kept of each end, in bytes.
    package static let edge = 32 * 1024

    /// The first bytes, at most `edge`.
    package var head: [UInt8]
    /// The last bytes of what follows the head, at most `edge`.
    package var tail: [UInt8]
    package var totalBytes: Int64
    package var whole: Whole

    static let empty = CapturedOutput(head: [], tail: [], totalBytes: 0, whole: .notKept)

    /// How many bytes are missing between head and tail. When there are none, `head + tail` is all.
    package var omittedBytes: Int64 { totalBytes - Int64(head.count + tail.count) }
}

extension CapturedOutput {
    /// The last line with something to read in it, without control characters, and at most its
    /// first `limit` Unicode scalars. A carriage return ends a line too: progress bars redraw theirs.
    package func lastLine(limit: Int = 200) -> String? {
        let isEnd = { (byte: UInt8) in byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }
        var rest = (omittedBytes == 0 ? head + tail : tail)[...]
        while !rest.isEmpty {
            let start = rest.lastIndex(where: isEnd).map { $0 + 1 } ?? rest.startIndex
            let line = printable(rest[start...]).unicodeScalars.drop(while: \.properties.isWhitespace)
            guard line.isEmpty else { return String(String.UnicodeScalarView(line.prefix(limit))) }
            rest = rest[..<start].dropLast()
        }
        return nil
    }
}

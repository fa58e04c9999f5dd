/// Splits standard input into values, as it comes: a line is a value, untrimmed, and empty ones are skipped.
///
/// Bytes are kept as they are. The last value needs no separator behind it.
package struct Values: Sendable {
    package enum Separator: UInt8, Sendable {
        case newline = 10
        case nul = 0
    }

    /// A value longer than `Template.longestWord`: no program could be given it.
    package struct TooLong: Error, Hashable, CustomStringConvertible {
        /// The value's number, from 1, empty ones not counted.
        package var number: Int

        package var description: String {
            "value \(number) is longer than 131,071 bytes, the most that Linux passes on"
        }
    }

    private let separator: Separator
    private var unfinished: [UInt8] = []
    private var count = 0

    package init(separator: Separator) {
        self.separator = separator
    }

    /// Takes what was read, and appends the values that it completes to `values`.
    /// - Throws: `TooLong`; the values before the one that is too long have been appended.
    package mutating func feed(
        _ chunk: ArraySlice<UInt8>, into values: inout [[UInt8]]
    ) throws(TooLong) {
        var rest = chunk
        while let end = rest.firstIndex(of: separator.rawValue) {
            try gather(rest[..<end])
            complete(into: &values)
            rest = rest[(end + 1)...]
        }
        try gather(rest)
    }

    /// Standard input has ended: appends what was unfinished.
    package mutating func finish(into values: inout [[UInt8]]) {
        complete(into: &values)
    }

    private mutating func gather(_ bytes: ArraySlice<UInt8>) throws(TooLong) {
        guard unfinished.count + bytes.count <= Template.longestWord else { throw TooLong(number: count + 1) }
        unfinished += bytes
    }

    private mutating func complete(into values: inout [[UInt8]]) {
        guard !unfinished.isEmpty else { return }
        values.append(unfinished)
        unfinished = []
        count += 1
    }
}

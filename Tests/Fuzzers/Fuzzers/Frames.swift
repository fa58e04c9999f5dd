/// Messages in one input: each is its frames, with a separator between two, that text has no other use for.
enum Frames {
    /// ASCII's unit separator.
    static let separator: UInt8 = 0x1F
    /// ASCII's record separator.
    static let messageSeparator: UInt8 = 0x1E

    static func messages(in bytes: [UInt8]) -> [[[UInt8]]] {
        bytes.split(separator: messageSeparator, omittingEmptySubsequences: false).map { message in
            message.split(separator: separator, omittingEmptySubsequences: false).map(Array.init)
        }
    }
}

/// The secret that a client shows as `Authorization: Bearer …` (RFC 6750, section 2.1).
package struct AccessToken: Sendable {
    private let bytes: [UInt8]

    /// Nil unless it is 16 to 4,096 visible ASCII characters: what fits into a header, and is not guessed.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard 16...4096 ~= bytes.count, bytes.allSatisfy({ 0x21...0x7e ~= $0 }) else { return nil }
        self.bytes = bytes
    }

    package static let requirement = "16 to 4,096 visible ASCII characters"

    /// Takes the same time wherever the two differ, so that it can't be found a byte at a time.
    func isSame(as shown: some StringProtocol) -> Bool {
        let shown = Array(shown.utf8)
        var difference = UInt8(shown.count == bytes.count ? 0 : 1)
        for (index, byte) in bytes.enumerated() {
            difference |= byte ^ (shown.isEmpty ? 0 : shown[index % shown.count])
        }
        return difference == 0
    }
}

/// What a key's holder is called on the allow-list: 1 to 64 letters, digits, `_`, `-` or `.`, so that it can be told
/// from what its holder adds behind a `/`.
package struct KeyName: Hashable, Sendable, CustomStringConvertible {
    package static let requirement = "1 to 64 letters, digits, '_', '-' or '.'"

    package let description: String

    package init?(_ text: some StringProtocol) {
        let isKnown: (UInt8) -> Bool = { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "_-.".utf8.contains(byte)
            }
        }
        guard 1...64 ~= text.utf8.count, text.utf8.allSatisfy(isKnown) else { return nil }
        description = String(text)
    }

    /// Whether the holder may say that it is called so: by its own name, or with more behind it, as in `ann/laptop`.
    package func covers(_ claim: String) -> Bool {
        claim == description || claim.hasPrefix(description + "/")
    }

    /// This claim, or the same under its own name where it is another's.
    package func claim(_ text: String?) -> String {
        guard let text, text != description else { return description }
        return covers(text) ? text : "\(description)/\(text)"
    }
}

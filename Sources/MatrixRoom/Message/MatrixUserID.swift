/// `@localpart:server`, as far as it matters here: Client-Server API v1.19, appendices, "User Identifiers".
package struct MatrixUserID: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// Old servers gave out ids with nearly any character in them; those with spaces, controls or quotes are not taken.
    package init?(_ text: String) {
        let isPrintable = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") }
        guard isPrintable, text.utf8.count <= 255, text.hasPrefix("@"),
            let colon = text.firstIndex(of: ":"), text.index(after: colon) < text.endIndex
        else { return nil }
        description = text
    }

    package static let requirement = "a Matrix user, such as @alice:example.org"

    /// Percent-encoded where a link would end or mean something else.
    var inLink: String {
        let hex = Array("0123456789ABCDEF")
        return description.utf8.reduce(into: "") { link, byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "@"), UInt8(ascii: ":"),
                UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "="):
                link.unicodeScalars.append(Unicode.Scalar(byte))
            default: link += "%\(hex[Int(byte >> 4)])\(hex[Int(byte & 15)])"
            }
        }
    }
}

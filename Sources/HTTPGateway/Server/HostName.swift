/// A host as it stands in a `Host` header, in an origin and in a setting: `localhost:5580`, `[::1]:80`.
struct HostName: Hashable, Sendable {
    /// Without brackets, in lower case.
    let name: String
    let port: Int?

    init?(_ text: some StringProtocol) {
        let text = text.lowercased()
        let name: Substring
        let rest: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            name = text[text.index(after: text.startIndex)..<end]
            rest = text[text.index(after: end)...]
            guard name.contains(":") else { return nil }
        } else {
            let end = text.firstIndex(of: ":") ?? text.endIndex
            name = text[..<end]
            rest = text[end...]
        }
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isPart) else { return nil }
        if rest.isEmpty {
            port = nil
        } else {
            let digits = rest.dropFirst()
            guard rest.first == ":", digits.allSatisfy(\.isWholeNumber), let number = UInt16(digits) else {
                return nil
            }
            port = Int(number)
        }
        self.name = String(name)
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"):
            true
        default: false
        }
    }

    /// This machine, and none other: a name or an address that no foreign name server can give to somebody else.
    var isLoopback: Bool {
        if name == "localhost" || name == "::1" { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
